import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconClock, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { toLiteral, toLiteralFiles } from "../../../src/engine/literal-text.ts";
import type { scheduledMessageSchema } from "../../../src/http/contract/contacts.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice, useSentence } from "../layout/trouble.tsx";
import type { SaidSentence } from "../words/sentences.ts";
import { useAction } from "./use-action.ts";
import type { Typed } from "./use-typed.ts";

type Scheduled = z.infer<typeof scheduledMessageSchema>;

/** Sends what is typed at a time of this browser's clock. */
export function ScheduleTool({
  contactId,
  typed: { text, attached },
  onDone,
}: {
  readonly contactId: number;
  readonly typed: Typed;
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  const say = useSentence();
  const [isOpen, setIsOpen] = useState(false);
  const [at, setAt] = useState("");
  const act = useAction(contactId);
  const isEmpty = text.trim() === "" && attached.length === 0;
  const schedule = () => {
    const content = { text: toLiteral(text.trim()), attachments: toLiteralFiles(attached) };
    const args = { content, at: new Date(at).toISOString(), author: "agent" };
    act.mutate(
      { action: "schedule_message", args },
      {
        onSuccess: (answer) => {
          const [result] = (answer as { results: { ok: boolean }[] }).results;
          if (result?.ok !== true) return;
          setIsOpen(false);
          onDone();
        },
      },
    );
  };
  const refusal = (act.data as { results: { error?: SaidSentence }[] } | undefined)?.results[0]?.error;
  return (
    <Popover opened={isOpen} onChange={setIsOpen} trapFocus position="top-end">
      <Popover.Target>
        <Tooltip label={t("inbox.schedule")}>
          <ActionIcon variant="subtle" aria-label={t("inbox.schedule")} onClick={() => setIsOpen(!isOpen)}>
            <IconClock size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" maw={260}>
          <TextInput
            type="datetime-local"
            label={t("inbox.scheduleAt")}
            value={at}
            error={refusal && say(refusal)}
            onChange={({ currentTarget }) => setAt(currentTarget.value)}
          />
          {isEmpty ? <Text size="xs">{t("inbox.scheduleEmpty")}</Text> : null}
          {act.error === null ? null : <ErrorNotice error={act.error} />}
          <Button size="xs" disabled={isEmpty || at === ""} loading={act.isPending} onClick={schedule}>
            {t("inbox.schedule")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What waits for its time, and how to take it back. */
export function ScheduledList({ contactId }: { readonly contactId: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const act = useAction(contactId);
  const { data } = useQuery({
    queryKey: [api.domain, "contact", String(contactId), "scheduled"],
    queryFn: ({ signal }) => api.get<{ data: Scheduled[] }>(`/contacts/${contactId}/scheduled-messages`, {}, signal),
  });
  return (data?.data ?? []).map(({ id, at, content }) => (
    <Group key={id} gap="xs" wrap="nowrap">
      <IconClock size={14} aria-hidden />
      <Text size="xs" className="cut" flex={1}>
        <Moment at={at} /> · {typeof content.text === "string" ? content.text : t("inbox.media")}
      </Text>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t("inbox.unschedule")}
        onClick={() => act.mutate({ action: "remove_scheduled_message", args: { id } })}
      >
        <IconX size={14} />
      </ActionIcon>
    </Group>
  ));
}
