import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import { chatMessageSchema } from "../../../engine/uchat-message.ts";
import { toNs } from "../../../engine/uchat-ns.ts";
import { parsePhone } from "../../../engine/values.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import { countChat, findMessagesByMids, listChat } from "../../../store/message-store.ts";
import { listOf, ok, okSchema, pageOf, toOffset, toPage } from "./answers.ts";
import { presentChatMessage, toTranscript } from "./chat-message.ts";
import { contentInput, midsInput, toCalls, toTextCall } from "./dynamic-content.ts";
import { type AnyEndpoint, type Call, type ContactPlace, endpoint } from "./endpoint.ts";
import { InvalidInput, invalid, notOffered } from "./errors.ts";
import { integer, pageInput, text, word, yesNo } from "./input.ts";
import { makeSubscriber } from "./subscriber.ts";
import { toTemplateCall, whatsappTemplateInput } from "./whatsapp-template.ts";

const ns = text(60);

async function whoseMessages(
  call: Call,
  input: { user_ns?: string | undefined; user_id?: string | undefined },
): Promise<ContactPlace> {
  if (input.user_ns !== undefined) return await call.requireContact(input.user_ns);
  if (input.user_id !== undefined) return await call.requireContactByUserId(input.user_id);
  throw new InvalidInput({
    user_ns: ["The user ns field is required when user id is not present."],
    user_id: ["The user id field is required when user ns is not present."],
  });
}

/** Who has the id or, where that is a phone's digits and the caller wants it, somebody new. Throws `contact.not_found`. */
async function whoseNumber(call: Call, userId: string, createsUnknown: boolean): Promise<ContactPlace> {
  try {
    return await call.requireContactByUserId(userId);
  } catch (thrown) {
    const isUnknown = thrown instanceof AppError && thrown.code === "contact.not_found";
    if (!isUnknown || !createsUnknown || parsePhone(userId) === undefined) throw thrown;
    return await makeSubscriber(call, { phone: userId });
  }
}

/** Not in UChat's document, and sent by clients all the same: the message is then an agent's. */
const sendAsAgent = yesNo().default(false);

const sentBy = (isAgent: boolean, calls: readonly ActionCall[]): readonly ActionCall[] =>
  isAgent
    ? calls.map((call) =>
        call.action === "send_message" ? { ...call, args: { ...call.args, author: "agent" } } : call,
      )
    : calls;

const toMillis = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);

/** Sending to a subscriber, and reading what was said. */
export const subscriberMessageEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "POST",
    path: "/subscriber/send-text",
    scope: "flow",
    summary: "Send text content to subscriber",
    // Some clients of white labels say `text`.
    input: z.object({ user_ns: ns, content: text().optional(), text: text().optional(), send_as_agent: sendAsAgent }),
    answer: okSchema,
    async handle(call, { user_ns, content, text: other = content, send_as_agent }) {
      const said = content ?? other;
      if (said === undefined) throw invalid("content", "is required");
      await call.act(await call.addressContact(user_ns), sentBy(send_as_agent, [toTextCall(said)]));
      return ok;
    },
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/send-content",
    scope: "flow",
    summary: "Send content to subscriber: dynamic content, version v1",
    input: contentInput.extend({ send_as_agent: sendAsAgent }),
    answer: okSchema,
    async handle(call, { user_ns, data, send_as_agent }) {
      const contact = await call.addressContact(user_ns);
      await call.act(contact, sentBy(send_as_agent, await toCalls(call, contact.botId, data.content)));
      return ok;
    },
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/send-email",
    scope: "flow",
    summary: "Send email content to subscriber",
    input: z.object({ user_ns: ns, content: text(), subject: text(500).optional() }),
    answer: okSchema,
    async handle(call, { user_ns, content, subject = "" }) {
      const contact = await call.addressContact(user_ns);
      const args = { subject: toLiteral(subject), text: toLiteral(content) };
      await call.act(contact, [{ action: "send_email", args }]);
      return ok;
    },
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/send-sms",
    scope: "flow",
    summary: "Send sms content to subscriber",
    input: z.object({ user_ns: ns, content: text() }),
    answer: okSchema,
    async handle(call, { user_ns }) {
      await call.requireContact(user_ns);
      throw notOffered("this server sends no SMS; send a text on the subscriber's channel instead");
    },
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/send-whatsapp-template",
    scope: "flow",
    summary: "Send Whatsapp Template to subscriber",
    input: z.object({ user_ns: ns, content: whatsappTemplateInput }),
    answer: okSchema,
    async handle(call, { user_ns, content }) {
      const contact = await call.addressContact(user_ns);
      await call.act(contact, [await toTemplateCall(call, contact.botId, content)]);
      return ok;
    },
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/send-whatsapp-template-by-user-id",
    scope: "flow",
    summary: "Send Whatsapp Template to subscriber by the id that the person has on their channel",
    input: z.object({
      user_id: text(200),
      create_if_not_found: yesNo().default(false),
      content: whatsappTemplateInput,
    }),
    answer: okSchema,
    async handle(call, { user_id, create_if_not_found, content }) {
      const contact = await whoseNumber(call, user_id, create_if_not_found);
      await call.act(contact, [await toTemplateCall(call, contact.botId, content)]);
      return ok;
    },
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/chat-messages",
    scope: "flow",
    summary: "Get list of subscriber chat messages, newest first. type: in, out (the bot), agent",
    input: z.object({
      user_ns: ns.optional(),
      user_id: text(200).optional(),
      include_bot: yesNo().default(false),
      include_agent: yesNo().default(true),
      start_time: integer({ max: 100_000_000_000 }).optional(),
      end_time: integer({ max: 100_000_000_000 }).optional(),
      ...pageInput(1000),
      limit: pageInput().limit.default(50),
      format: word(["default", "text", "text_with_time"]).default("default"),
    }),
    answer: pageOf(chatMessageSchema).extend({ text: z.string().optional() }),
    async handle(call, input) {
      const contact = await whoseMessages(call, input);
      const filter = {
        contactId: contact.id,
        includeBot: input.include_bot,
        includeAgent: input.include_agent,
        from: toMillis(input.start_time),
        to: toMillis(input.end_time),
      };
      const { limit } = input;
      const messages = await listChat(call.db, call.caller, { ...filter, limit, offset: toOffset(input) });
      const userNs = toNs("contact", contact.botId, contact.id);
      const data = messages.map((message) => presentChatMessage(message, userNs));
      const page = await toPage(call, input, data, () => countChat(call.db, call.caller, filter));
      if (input.format === "default") return page;
      return { ...page, text: toTranscript(data, input.format === "text_with_time") };
    },
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/chat-messages-by-mids",
    scope: "flow",
    summary: "Get chat messages by multiple mids, up to 100 mids",
    input: midsInput,
    answer: listOf(chatMessageSchema),
    async handle(call, { mids }) {
      const messages = await findMessagesByMids(call.db, call.caller, mids);
      const data = [];
      for (const message of messages) {
        const botId = await call.botOfContact(message.contactId);
        data.push(presentChatMessage(message, toNs("contact", botId, message.contactId)));
      }
      return { data };
    },
  }),
];
