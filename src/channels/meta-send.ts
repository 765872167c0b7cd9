import { z } from "zod";
import type { SendRequest, SendResult } from "../engine/channel-type.ts";
import {
  callGraph,
  type GraphAccess,
  GraphCallError,
  type GraphPorts,
  type GraphVerdicts,
  toSendResult,
} from "./meta-graph.ts";
import type { MetaMessage, MetaMessageCall } from "./meta-messages.ts";

/**
 * What Messenger's and Instagram's Send API refuses: https://developers.facebook.com/docs/messenger-platform/error-codes. Subcodes from 2534000 on are Instagram's.
 */
const refusals: GraphVerdicts = {
  // Outside of the 24 hours, with and without the rights to more.
  "10:2018065": { status: "window-closed" },
  "10:2018278": { status: "window-closed" },
  "10:2534022": { status: "window-closed" },
  // The person does not want to hear from the page.
  "10:2018108": { status: "recipient-gone" },
  "551": { status: "recipient-gone" },
  "551:1545041": { status: "recipient-gone" },
  "200:1545041": { status: "recipient-gone" },
  // No matching user: the id is another page's, or the account is gone.
  "100:2018001": { status: "recipient-gone" },
  "100:2534014": { status: "recipient-gone" },
  // Another app of the page's talks to the person at the moment (hand-over protocol).
  "10:2018300": { status: "rejected" },
  // The app is not live yet: it reaches only who has a role in it.
  "200:2018028": { status: "rejected" },
  "1200": { status: "retry-later" },
  "4:2018022": { status: "rate-limited", afterMs: 60_000, scope: "channel" },
};

/** Meta could not fetch the file, or does not take it: …/error-codes. */
const badFiles = new Set([2018008, 2018047, 2018074, 2018109, 2018294]);

export interface MetaSender {
  readonly access: GraphAccess;
  readonly ports: GraphPorts;
  /** An agent may still answer for seven days, where Meta has granted that to the app. */
  readonly humanAgent: boolean;
  /** Goes along with each message and comes back with its echo, where the API takes such. */
  readonly mark?: string;
  /** Shows that somebody writes, before the first words. */
  readonly typing: boolean;
}

/** Carries out the calls of one message; none: there is nothing that could be shown. */
export async function sendMetaMessages(
  request: SendRequest,
  calls: readonly MetaMessageCall[],
  sender: MetaSender,
): Promise<SendResult> {
  if (calls.length === 0) {
    return { status: "rejected", message: "nothing is shown of a message that has neither a text nor a file" };
  }
  let externalId: string | undefined;
  try {
    if (sender.typing && (request.partsSent ?? 0) === 0) await showTyping(request.recipient, sender);
    // What went out in an earlier attempt must not go out again.
    for (const [index, call] of calls.entries()) {
      if (index < (request.partsSent ?? 0)) continue;
      externalId = await sendOrSayInstead(request, call, sender);
      if (index < calls.length - 1) await request.onPartSent?.(index + 1);
    }
  } catch (error) {
    if (error instanceof GraphCallError) return toSendResult(error, refusals);
    throw error;
  }
  return { status: "sent", externalId };
}

async function sendOrSayInstead(
  request: SendRequest,
  { message, instead }: MetaMessageCall,
  sender: MetaSender,
): Promise<string> {
  try {
    return await sendInWindow(request, message, sender);
  } catch (error) {
    const isBadFile = error instanceof GraphCallError && badFiles.has(error.subcode ?? 0);
    if (!isBadFile || instead === undefined) throw error;
    return await sendInWindow(request, instead, sender);
  }
}

/** https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags: the tag is for people, never for a bot. */
async function sendInWindow(request: SendRequest, said: MetaMessage, sender: MetaSender): Promise<string> {
  const message = sender.mark === undefined ? said : { ...said, metadata: sender.mark };
  try {
    return await sendOne(request.recipient, { messaging_type: "RESPONSE", message }, sender);
  } catch (error) {
    const isClosed = error instanceof GraphCallError && toSendResult(error, refusals).status === "window-closed";
    if (!isClosed || !sender.humanAgent || request.author !== "agent") throw error;
    return await sendOne(request.recipient, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT", message }, sender);
  }
}

async function sendOne(recipient: string, body: object, { access, ports }: MetaSender): Promise<string> {
  const call = { method: "POST", path: "me/messages", body: { recipient: { id: recipient }, ...body } } as const;
  return (await callGraph(access, ports, call, z.object({ message_id: z.string() }))).message_id;
}

/** What only looks nice does not keep a message from going out. */
async function showTyping(recipient: string, { access, ports }: MetaSender): Promise<void> {
  const body = { recipient: { id: recipient }, sender_action: "typing_on" };
  try {
    await callGraph(access, ports, { method: "POST", path: "me/messages", body }, z.unknown());
  } catch (error) {
    if (!(error instanceof GraphCallError)) throw error;
  }
}
