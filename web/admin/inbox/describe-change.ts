import { useTranslation } from "react-i18next";
import type { ConversationEntryBody } from "../../../src/http/contract/conversation-entries.ts";
import type { ConversationStatus } from "../../../src/model/conversation.ts";
import { timeFormat } from "../words/times.ts";
import { useMembers } from "./use-members.ts";

type Change = Extract<ConversationEntryBody, { kind: "change" }>;

/** What was done to a conversation, in a sentence. */
export function useDescribeChange(): (change: Change) => string {
  const { t } = useTranslation();
  const { nameOfMember } = useMembers();
  return ({ by, fact }) => {
    const { kind, status, agent, note, summary, attachment, until } = fact;
    const values = {
      status: status === undefined ? "" : t(`inbox.state.${status as ConversationStatus}`),
      name: typeof agent === "number" ? nameOfMember(agent) : "",
      note: String(note ?? ""),
      summary: [summary, attachment].filter((one) => typeof one === "string" && one !== "").join(" "),
      until: typeof until === "number" ? timeFormat({ timeStyle: "short" }).format(until) : "",
    };
    const word = kind === "bot_paused" && values.until !== "" ? "bot_paused_until" : kind;
    const sentence = t(`inbox.change.${word}`, values);
    return by === null ? sentence : `${nameOfMember(by)}: ${sentence}`;
  };
}
