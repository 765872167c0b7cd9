import { z } from "zod";
import { AppError } from "../../../model/app-error.ts";
import { loadContactCards } from "../../../store/contact-card-store.ts";
import { type BotUser, botUserSchema, presentBotUser } from "./bot-user.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { text } from "./input.ts";

/** The subscriber as it is now. */
export async function readBotUser({ db, caller }: Call, contactId: number): Promise<BotUser> {
  const [card] = await loadContactCards(db, caller, [contactId]);
  if (card === undefined) throw new AppError("contact.not_found", "the subscriber is gone");
  return presentBotUser(card);
}

/** Reading, making, changing and deleting subscribers. */
export const subscriberEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/subscriber/get-info",
    scope: "flow",
    summary: "Get subscriber info",
    input: z.object({ user_ns: text(60) }),
    answer: botUserSchema,
    handle: async (call, { user_ns }) => await readBotUser(call, (await call.requireContact(user_ns)).id),
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/get-info-by-user-id",
    scope: "flow",
    summary: "Get subscriber info by the id that the person has on their channel",
    input: z.object({ user_id: text(200) }),
    answer: botUserSchema,
    handle: async (call, { user_id }) => await readBotUser(call, (await call.requireContactByUserId(user_id)).id),
  }),
];
