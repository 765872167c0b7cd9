import { ActionIcon, Anchor, Badge, Button, Group, Menu, Select, Tooltip } from "@mantine/core";
import {
  IconArrowLeft,
  IconCheck,
  IconDots,
  IconMailOpened,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconUserCircle,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { ClosingNoteBody } from "../../../src/http/contract/conversations.ts";
import { nameOf } from "../contacts/name-of.ts";
import { useApi } from "../layout/page.tsx";
import { ChannelIcons } from "./channel-icons.tsx";
import { CloseDialog } from "./close-dialog.tsx";
import { isPaused } from "./is-paused.ts";
import type { Act } from "./use-action.ts";
import { useMembers } from "./use-members.ts";

/** Minutes that the bot may be silent for; 0: until it is resumed. */
const pauses = [15, 60, 480, 0] as const;

/** Who it is, and what an agent can do about the conversation. */
export function ConversationHead({
  contact,
  onBack,
  onCard,
  act,
}: {
  readonly contact: ContactBody;
  readonly onBack: () => void;
  readonly onCard: () => void;
  readonly act: Act;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const { status } = contact.conversation;
  return (
    <Group p="sm" justify="space-between" gap="xs" className="inbox-head">
      <Group gap="xs" wrap="nowrap" miw={0}>
        <ActionIcon variant="subtle" color="gray" hiddenFrom="sm" aria-label={t("inbox.back")} onClick={onBack}>
          <IconArrowLeft size={20} />
        </ActionIcon>
        <Anchor component={Link} to={`/w/${api.domain}/contacts/${contact.id}`} fw={650} c="inherit" className="cut">
          {nameOf(t, contact)}
        </Anchor>
        <ChannelIcons channels={contact.channels} />
        {status === "open" ? null : (
          <Badge variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>
            {t(`inbox.stands.${status}`)}
          </Badge>
        )}
      </Group>
      <Group gap={6}>
        <AgentSelect agent={contact.conversation.agent} act={act} />
        {isPaused(contact) ? (
          <Tool label={t("inbox.resume")} onClick={() => act({ action: "resume_bot" })}>
            <IconPlayerPlay size={16} />
          </Tool>
        ) : (
          <PauseMenu act={act} />
        )}
        {contact.lastInboundAt === null ? null : (
          <Tool
            label={t("inbox.markUnread")}
            onClick={() => {
              act({ action: "mark_unread" });
              // Whoever goes on looking would have read it again.
              onBack();
            }}
          >
            <IconMailOpened size={16} />
          </Tool>
        )}
        <MoveMenu status={status} act={act} />
        <CloseButton contact={contact} act={act} />
        <Tool label={t("inbox.card")} onClick={onCard}>
          <IconUserCircle size={16} />
        </Tool>
      </Group>
    </Group>
  );
}

function PauseMenu({ act }: { readonly act: Act }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={t("inbox.pause")} title={t("inbox.pause")}>
          <IconPlayerPause size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("inbox.pause")}</Menu.Label>
        {pauses.map((minutes) => (
          <Menu.Item key={minutes} onClick={() => act({ action: "pause_bot", args: minutes === 0 ? {} : { minutes } })}>
            {minutes === 0 ? t("inbox.untilResumed") : t(`inbox.pauseFor.m${minutes}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function MoveMenu({ status, act }: { readonly status: string; readonly act: Act }) {
  const { t } = useTranslation();
  const others = (["open", "pending", "spam"] as const).filter((one) => one !== status);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={t("inbox.move")} title={t("inbox.move")}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("inbox.move")}</Menu.Label>
        {others.map((one) => (
          <Menu.Item key={one} onClick={() => act({ action: "move_conversation", args: { status: one } })}>
            {t(`inbox.state.${one}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function CloseButton({ contact, act }: { readonly contact: ContactBody; readonly act: Act }) {
  const { t } = useTranslation();
  const api = useApi();
  const [isAsking, setIsAsking] = useState(false);
  const { data } = useQuery({
    queryKey: [api.domain, "closing-notes", contact.botId],
    queryFn: ({ signal }) => api.get<{ data: ClosingNoteBody[] }>("/closing-notes", { bot: contact.botId }, signal),
    staleTime: 60_000,
  });
  const notes = data?.data ?? [];
  if (contact.conversation.status === "done") {
    return (
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={14} />}
        onClick={() => act({ action: "move_conversation", args: { status: "open" } })}
      >
        {t("inbox.reopen")}
      </Button>
    );
  }
  const close = () => {
    if (notes.length > 0 || isPaused(contact)) setIsAsking(true);
    else act({ action: "move_conversation", args: { status: "done" } });
  };
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconCheck size={14} />} onClick={close}>
        {t("inbox.close")}
      </Button>
      {isAsking ? <CloseDialog contact={contact} notes={notes} onClose={() => setIsAsking(false)} /> : null}
    </>
  );
}

function AgentSelect({ agent, act }: { readonly agent: number | null; readonly act: Act }) {
  const { t } = useTranslation();
  const { members } = useMembers();
  const nobody = "none";
  return (
    <Select
      size="xs"
      w={150}
      aria-label={t("inbox.assignTo")}
      data={[
        { value: nobody, label: t("inbox.nobody") },
        ...members.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
      value={agent === null ? nobody : String(agent)}
      allowDeselect={false}
      onChange={(next) => {
        if (next === nobody) act({ action: "unassign_agent" });
        else if (next !== null) act({ action: "assign_agent", args: { agent: Number(next) } });
      }}
    />
  );
}

function Tool({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
