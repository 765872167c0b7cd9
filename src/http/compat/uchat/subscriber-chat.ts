import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { ok, okSchema } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { notOffered } from "./errors.ts";
import { decimal, integer, text, word } from "./input.ts";

const ns = text(60);
const who = z.object({ user_ns: ns });

async function act(call: Call, userNs: string, action: ActionCall) {
  await call.act(await call.addressContact(userNs), [action]);
  return ok;
}

const post = { method: "POST", scope: "flow", answer: okSchema } as const;
const remove = { method: "DELETE", scope: "flow", answer: okSchema } as const;

/** An endpoint whose one argument is the subscriber. */
const plain = (common: typeof post | typeof remove, path: string, summary: string, action: ActionCall): AnyEndpoint =>
  endpoint({ ...common, path, summary, input: who, handle: (call, { user_ns }) => act(call, user_ns, action) });

const consent = (kind: "email" | "sms", granted: boolean): ActionCall => ({
  action: "set_consent",
  args: { kind, granted },
});

/** The conversation with a subscriber: who speaks, who looks after it, what the subscriber wants. */
export const subscriberChatEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    ...post,
    path: "/subscriber/pause-bot",
    summary: "Pause bot automation to subscriber",
    input: z.object({ user_ns: ns, minutes: integer({ min: 1, max: 525_600 }) }),
    handle: (call, { user_ns, minutes }) => act(call, user_ns, { action: "pause_bot", args: { minutes } }),
  }),
  plain(post, "/subscriber/resume-bot", "Resume bot automation to subscriber", { action: "resume_bot", args: {} }),
  endpoint({
    ...post,
    path: "/subscriber/move-chat-to",
    summary: "Update chat status",
    input: z.object({ user_ns: ns, status: word(["open", "pending", "spam", "done"]) }),
    handle: (call, { user_ns, status }) => act(call, user_ns, { action: "move_conversation", args: { status } }),
  }),
  endpoint({
    ...post,
    path: "/subscriber/assign-agent",
    summary: "Assign agent to chat",
    input: z.object({ user_ns: ns, agent_id: integer({ min: 1 }) }),
    handle: (call, { user_ns, agent_id }) => act(call, user_ns, { action: "assign_agent", args: { agent: agent_id } }),
  }),
  endpoint({
    ...post,
    path: "/subscriber/assign-agent-group",
    summary: "Assign agent group to chat",
    input: z.object({ user_ns: ns, agent_group_id: integer({ min: 1 }) }),
    async handle(call, { user_ns }) {
      await call.requireContact(user_ns);
      throw notOffered("there are no groups of agents; assign the chat to one agent");
    },
  }),
  plain(post, "/subscriber/unassign-agent", "Unassign agent from chat", { action: "unassign_agent", args: {} }),
  plain(post, "/subscriber/subscribe-to-bot", "Subscribe to bot", { action: "opt_in", args: {} }),
  plain(remove, "/subscriber/unsubscribe-from-bot", "Unsubscribe from bot", { action: "opt_out", args: {} }),
  plain(post, "/subscriber/opt-in-sms", "Opt-in SMS", consent("sms", true)),
  plain(remove, "/subscriber/opt-out-sms", "Opt-out SMS", consent("sms", false)),
  plain(post, "/subscriber/opt-in-email", "Opt-in Email", consent("email", true)),
  plain(remove, "/subscriber/opt-out-email", "Opt-out Email", consent("email", false)),
  endpoint({
    ...post,
    path: "/subscriber/log-custom-event",
    summary: "Log custom event",
    input: z.object({
      user_ns: ns,
      event_name: text(200),
      text_value: text(2000).optional(),
      price_value: decimal().optional(),
      number_value: decimal().optional(),
    }),
    handle: (call, { user_ns, event_name, text_value, price_value, number_value }) => {
      const values = {
        text: text_value === undefined ? undefined : toLiteral(text_value),
        price: price_value,
        number: number_value,
      };
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
      return act(call, user_ns, { action: "log_event", args: { event: event_name, ...given } } as ActionCall);
    },
  }),
  endpoint({
    ...post,
    path: "/subscriber/app-trigger",
    summary: "Trigger an app event on subscriber from an installed mini-app",
    input: z.object({ user_ns: ns, trigger_name: text(200), context: z.unknown() }),
    async handle(call, { user_ns }) {
      await call.requireContact(user_ns);
      throw notOffered("there are no mini-apps; log a custom event or send a sub flow instead");
    },
  }),
];
