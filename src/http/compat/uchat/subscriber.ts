import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import { parseEmail, parsePhone } from "../../../engine/values.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { ProfileKey } from "../../../model/contact.ts";
import { submitToKnown } from "../../../shell/submit-known.ts";
import { loadContactCards } from "../../../store/contact-card-store.ts";
import { deleteContact, findContactForInbound } from "../../../store/contact-store.ts";
import { listOf, ok, okSchema } from "./answers.ts";
import { type BotUser, botUserSchema, presentBotUser } from "./bot-user.ts";
import { requireDone } from "./call.ts";
import { type AnyEndpoint, type Call, type ContactPlace, endpoint } from "./endpoint.ts";
import { InvalidInput, invalid } from "./errors.ts";
import { listOfUpTo, text } from "./input.ts";

/** The subscriber as it is now. Throws `contact.not_found`. */
async function readBotUser({ db, caller }: Call, contactId: number): Promise<BotUser> {
  const [card] = await loadContactCards(db, caller, [contactId]);
  if (card === undefined) throw new AppError("contact.not_found", "the subscriber is gone");
  return presentBotUser(card);
}

/** UChat's document says that a subscriber comes as it is; clients are known that look for the one they made under `data`. Both find it. */
const wrappedSchema = botUserSchema.extend({ data: botUserSchema });
const wrap = (user: BotUser) => ({ ...user, data: user });

const profileInput = {
  first_name: text(200).optional(),
  last_name: text(200).optional(),
  name: text(200).optional(),
  phone: text(60).optional(),
  email: text(320).optional(),
  gender: text(60).optional(),
  image: text(2000).optional(),
};
const newSubscriber = z.object(profileInput);
type ProfileInput = z.output<typeof newSubscriber>;

const profileKeyOf: Readonly<Record<keyof ProfileInput, ProfileKey>> = {
  first_name: "firstName",
  last_name: "lastName",
  name: "name",
  phone: "phone",
  email: "email",
  gender: "gender",
  image: "avatarUrl",
};

/** The profile as calls of the catalogue. Throws what is no phone and no e-mail before anything is made or changed. */
function toProfileCalls(input: ProfileInput): ActionCall[] {
  const { phone, email } = input;
  if (phone !== undefined && parsePhone(phone) === undefined) {
    throw invalid("phone", "must be a phone number with its country's code");
  }
  if (email !== undefined && parseEmail(email) === undefined) throw invalid("email", "must be a valid email address");
  return (Object.keys(profileKeyOf) as (keyof ProfileInput)[]).flatMap((field) => {
    const value = input[field];
    return value === undefined
      ? []
      : [{ action: "set_profile", args: { key: profileKeyOf[field], value: toLiteral(value) } }];
  });
}

/**
 * A subscriber with this phone or, where no phone is given, this e-mail address: two of one bot never come to be by calling twice, since UChat knows subscribers by their phone. Who is there
 * already gets what is given.
 */
export async function makeSubscriber(call: Call, input: ProfileInput): Promise<ContactPlace> {
  if (input.phone === undefined && input.email === undefined) {
    throw new InvalidInput({
      phone: ["The phone field is required when email is not present."],
      email: ["The email field is required when phone is not present."],
    });
  }
  const actions = toProfileCalls(input);
  const { db, caller, dependencies } = call;
  const botId = await call.botId();
  const phone = parsePhone(input.phone ?? "");
  const who = phone === undefined ? { email: parseEmail(input.email ?? "") } : { phone };
  const { reply } = await submitToKnown(async () => {
    const known = await findContactForInbound(db, { workspaceId: caller.workspaceId, botId }, who);
    const target = known === undefined ? { create: { botId, unlessKnown: who } } : { contactId: known };
    return { reply: await dependencies.submit({ target, happening: { kind: "actions", actions }, source: "uchat" }) };
  });
  requireDone(reply);
  return { id: reply.contactId ?? 0, botId };
}

const createSubscriber = async (call: Call, input: ProfileInput) =>
  await readBotUser(call, (await makeSubscriber(call, input)).id);

/** Reading, making, changing and deleting subscribers. */
export const subscriberEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/subscriber/get-info",
    scope: "flow",
    summary: "Get subscriber info",
    input: z.object({ user_ns: text(60) }),
    answer: botUserSchema,
    handle: async (call, { user_ns }) => presentBotUser(await call.readCard(user_ns)),
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
  endpoint({
    method: "POST",
    path: "/subscriber/create",
    scope: "flow",
    summary: "Create new subscriber, phone or email is required; who has that phone or email already is changed",
    input: newSubscriber,
    answer: wrappedSchema,
    handle: async (call, input) => wrap(await createSubscriber(call, input)),
  }),
  endpoint({
    method: "POST",
    path: "/subscriber/create-many",
    scope: "flow",
    summary: "Create up to 100 new subscribers, phone or email is required for each",
    input: z.object({ users: listOfUpTo(100, newSubscriber) }),
    answer: listOf(botUserSchema),
    async handle(call, { users }) {
      // All are looked at before the first is made.
      for (const user of users) toProfileCalls(user);
      const data: BotUser[] = [];
      for (const user of users) data.push(await createSubscriber(call, user));
      return { data };
    },
  }),
  endpoint({
    method: "PUT",
    path: "/subscriber/update",
    scope: "flow",
    summary: "Update subscriber data",
    input: z.object({ user_ns: text(60), ...profileInput }),
    answer: wrappedSchema,
    async handle(call, { user_ns, ...profile }) {
      const contact = await call.requireContact(user_ns);
      const actions = toProfileCalls(profile);
      if (actions.length > 0) await call.act(contact, actions);
      return wrap(await readBotUser(call, contact.id));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/subscriber/delete",
    scope: "flow",
    summary: "Delete subscriber, with all that is known of them",
    input: z.object({ user_ns: text(60) }),
    answer: okSchema,
    async handle(call, { user_ns }) {
      const { id } = await call.requireContact(user_ns);
      const { now, forgetJobs } = call.dependencies;
      await call.db
        .transaction()
        .execute(async (trx) => await deleteContact(trx, call.caller, String(id), { at: new Date(now()), forgetJobs }));
      return ok;
    },
  }),
];
