import { Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { BotWaits } from "./bot-waits.tsx";
import { Composer } from "./composer.tsx";
import { ContactCard } from "./contact-card.tsx";
import { ConversationHead } from "./conversation-head.tsx";
import { Entries } from "./entries.tsx";
import { isPaused } from "./is-paused.ts";
import { useAction } from "./use-action.ts";
import { useMembers } from "./use-members.ts";
import { usePresence } from "./use-presence.ts";

/** One conversation: what was said, and what an agent can do; the contact's card beside it. */
export function ConversationPane({
  contactId,
  isCardOpen,
  onBack,
  onCard,
}: {
  readonly contactId: number;
  readonly isCardOpen: boolean;
  readonly onBack: () => void;
  readonly onCard: () => void;
}) {
  const api = useApi();
  const id = String(contactId);
  const contact = useQuery({
    queryKey: [api.domain, "contact", id],
    queryFn: ({ signal }) => api.get<ContactBody>(`/contacts/${id}`, {}, signal),
  });
  const presence = usePresence(contactId);
  const act = useAction(contactId);
  const isUnread = contact.data?.conversation.unread === true;
  const lastInboundAt = contact.data?.lastInboundAt;
  const { mutate } = act;
  // Whoever looks at it has read it, also what comes while it is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newer message is read anew.
  useEffect(() => {
    if (isUnread && document.visibilityState === "visible") mutate({ action: "mark_read" });
  }, [isUnread, lastInboundAt, mutate]);
  if (leavesNothing(contact.error, contact.data))
    return <ErrorNotice error={contact.error} onRetry={() => void contact.refetch()} />;
  if (contact.data === undefined) return <Skeleton h={400} className="inbox-pane" />;
  return (
    <>
      <Stack gap={0} className="inbox-pane" h="100%" component="section">
        <ConversationHead contact={contact.data} onBack={onBack} onCard={onCard} act={mutate} />
        {act.error === null ? null : <ErrorNotice error={act.error} />}
        <Entries contactId={contactId} />
        <Others {...presence} />
        <BotWaits contactId={contactId} />
        <Composer
          contactId={contactId}
          pausedUntil={isPaused(contact.data) ? contact.data.conversation.pausedUntil : null}
          onResume={() => mutate({ action: "resume_bot" })}
          onWriting={presence.tellWriting}
        />
      </Stack>
      {isCardOpen ? <ContactCard contact={contact.data} onClose={onCard} /> : null}
    </>
  );
}

function Others({ writing, looking }: { readonly writing: readonly number[]; readonly looking: readonly number[] }) {
  const { t } = useTranslation();
  const { nameOfMember } = useMembers();
  const lines = [
    ...writing.map((id) => t("inbox.isWriting", { name: nameOfMember(id) })),
    ...looking.map((id) => t("inbox.isLooking", { name: nameOfMember(id) })),
  ];
  return (
    <Text size="xs" c="dimmed" px="sm" mih={18} role="status">
      {lines.join(" · ")}
    </Text>
  );
}
