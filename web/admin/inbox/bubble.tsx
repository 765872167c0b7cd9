import { Anchor } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { MessageBody } from "../../../src/http/contract/messages.ts";
import type { Location } from "../../../src/model/message.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { useErrorText } from "../layout/trouble.tsx";
import { Place } from "../messenger/place.tsx";
import { useMembers } from "./use-members.ts";

interface Attachment {
  readonly kind: string;
  readonly url?: string;
  readonly name?: string;
}
interface Content {
  readonly text?: string;
  readonly attachments?: readonly Attachment[];
  readonly buttons?: readonly { readonly title: string }[];
  readonly location?: Location;
}

const toldStatuses = ["queued", "sent", "failed", "skipped", "uncertain", "read", "delivered"] as const;

/** A message, with who wrote it and what became of it. */
export function Bubble({
  contactId,
  message,
  by,
}: {
  readonly contactId: number;
  readonly message: MessageBody;
  readonly by: number | null;
}) {
  const { t } = useTranslation();
  const { nameOfMember } = useMembers();
  const { text = "", attachments = [], buttons = [], location } = message.content as Content;
  const isOut = message.direction === "out";
  const told = isOut ? toldStatuses.find((one) => one === message.status) : undefined;
  // Only what left through us has a reason.
  const isOutside = message.author === "agent" && by === null && message.reason === null;
  const others = isOutside ? t("inbox.outside") : message.author === "bot" ? t("inbox.bot") : undefined;
  const writer = by === null ? others : nameOfMember(by);
  const why =
    message.reason === null ? undefined : t("inbox.reason.title", { reason: t(`inbox.reason.${message.reason}`) });
  return (
    <div className="inbox-message" data-direction={message.direction} data-author={message.author}>
      {text}
      {attachments.map((attachment) => (
        <Media key={`${attachment.kind} ${attachment.url}`} attachment={attachment} />
      ))}
      {location === undefined ? null : <Place location={location} />}
      {buttons.map(({ title }) => (
        <div key={title} className="inbox-note">
          [{title}]
        </div>
      ))}
      <div className="inbox-note">
        {writer === undefined ? null : `${writer} · `}
        <Moment at={message.createdAt} />
        {told === undefined ? null : <span title={why}>{` · ${t(`inbox.status.${told}`)}`}</span>}
        {message.error === null ? null : ` · ${message.error}`}
        {told === "failed" || told === "uncertain" ? <Retry contactId={contactId} id={message.id} /> : null}
      </div>
    </div>
  );
}

function Media({ attachment: { kind, url, name } }: { readonly attachment: Attachment }) {
  const { t } = useTranslation();
  if (url === undefined || !/^https?:/.test(url)) return <div>{t("inbox.media")}</div>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" style={{ color: "inherit" }}>
      {kind === "image" ? <img className="inbox-picture" src={url} alt={name ?? kind} /> : (name ?? kind)}
    </a>
  );
}

function Retry({ contactId, id }: { readonly contactId: number; readonly id: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const describe = useErrorText();
  const retry = useMutation({
    mutationFn: () => api.send("POST", `/messages/${id}/retry`),
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "contact", String(contactId)] }),
  });
  return (
    <>
      {" "}
      <Anchor component="button" type="button" size="xs" c="inherit" td="underline" onClick={() => retry.mutate()}>
        {t("action.retry")}
      </Anchor>
      {retry.error === null ? null : ` ${describe(retry.error)}`}
    </>
  );
}
