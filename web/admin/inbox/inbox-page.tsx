import { Box, Group, Stack, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConversationList } from "./conversation-list.tsx";
import { ConversationPane } from "./conversation-pane.tsx";
import type { Narrowing } from "./filters.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { Tabs, tabs, toFilter } from "./tabs.tsx";
import { useMyMemberId } from "./use-members.ts";
import "./inbox.css";

const cardKey = "repartee-inbox-card";
/** Narrower, there is room for one thing at a time, and nobody comes for the card. */
const isWide = () => window.matchMedia("(min-width: 75em)").matches;

/** Live conversations: the list, the chosen one, and who it is with. On a phone one at a time. */
export function InboxPage() {
  const { t } = useTranslation();
  const { contact, tab: asked } = useSearch({ from: "/w/$domain/inbox" });
  const navigate = useNavigate({ from: "/w/$domain/inbox" });
  const tab = tabs.find((one) => one === asked) ?? "all";
  const memberId = useMyMemberId();
  const [narrowing, setNarrowing] = useState<Narrowing>({});
  const [isCardOpen, setIsCardOpen] = useState(() => isWide() && localStorage.getItem(cardKey) !== "closed");
  const choose = useCallback(
    (id: number | undefined) => {
      if (!isWide()) setIsCardOpen(false);
      void navigate({ search: { tab, ...(id === undefined ? {} : { contact: id }) } });
    },
    [navigate, tab],
  );
  const toggleCard = () => {
    setIsCardOpen(!isCardOpen);
    if (isWide()) localStorage.setItem(cardKey, isCardOpen ? "closed" : "open");
  };
  const view = contact === undefined ? "list" : isCardOpen ? "card" : "conversation";
  return (
    <Box className="inbox" data-view={view}>
      <title>{`${t("nav.inbox")} · Repartee`}</title>
      <Stack gap="xs" p="sm" className="inbox-list" component="nav" aria-label={t("nav.inbox")}>
        <Group justify="space-between">
          <h1 className="inbox-title">{t("nav.inbox")}</h1>
          <Shortcuts />
        </Group>
        <Tabs tab={tab} bot={narrowing.bot} onChoose={(next) => void navigate({ search: { tab: next } })} />
        <ConversationList
          filter={toFilter(tab, memberId)}
          narrowing={narrowing}
          onNarrow={setNarrowing}
          chosen={contact}
          onChoose={choose}
        />
      </Stack>
      {contact === undefined ? (
        <Text c="dimmed" p="xl" ta="center" className="inbox-pane">
          {t("inbox.choose")}
        </Text>
      ) : (
        <ConversationPane
          key={contact}
          contactId={contact}
          isCardOpen={isCardOpen}
          onBack={() => choose(undefined)}
          onCard={toggleCard}
        />
      )}
    </Box>
  );
}
