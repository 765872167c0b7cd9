import { Badge, Group, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { InboxCountsBody } from "../../../src/http/contract/conversations.ts";
import { useApi } from "../layout/page.tsx";

export const tabs = ["all", "mine", "unassigned", "unread", "mentioned", "closed"] as const;
export type Tab = (typeof tabs)[number];
export type Filter = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What each tab asks for. */
export function toFilter(tab: Tab, memberId: number | undefined): Filter {
  const live = ["open", "pending"];
  switch (tab) {
    case "all":
      return {};
    case "mine":
      return { agent: memberId, status: live };
    case "unassigned":
      return { agent: "none", status: live };
    case "unread":
      return { unread: true, status: [...live, "done"] };
    case "mentioned":
      return { mentioned: true };
    case "closed":
      return { status: ["done"] };
  }
}

/** The server counts no further. */
const mostCounted = 1_000;

/** Kinds of conversations, each with how many there are. */
export function Tabs({
  tab,
  bot,
  onChoose,
}: {
  readonly tab: Tab;
  readonly bot: string | undefined;
  readonly onChoose: (tab: Tab) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "inbox", "counts", bot],
    queryFn: ({ signal }) => api.get<InboxCountsBody>("/inbox/counts", { bot }, signal),
    refetchInterval: 30_000,
  });
  return (
    <Group gap={4} role="group" aria-label={t("inbox.tabs")}>
      {tabs.map((one) => (
        <UnstyledButton key={one} className="inbox-tab" aria-pressed={one === tab} onClick={() => onChoose(one)}>
          <span>{t(`inbox.tab.${one}`)}</span>
          {data === undefined || data[one] === 0 ? null : (
            <Badge size="xs" variant="default" data-count={one}>
              {data[one] >= mostCounted ? `${mostCounted - 1}+` : data[one]}
            </Badge>
          )}
        </UnstyledButton>
      ))}
    </Group>
  );
}
