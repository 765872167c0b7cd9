import { z } from "zod";
import { loadContactCards } from "../../../store/contact-card-store.ts";
import { type ContactSearch, countContacts, type Since, searchContacts } from "../../../store/contact-search-store.ts";
import { requireCustomEvent } from "../../../store/custom-event-store.ts";
import { pageOf, toOffset, toPage } from "./answers.ts";
import { botUserSchema, presentBotUser } from "./bot-user.ts";
import { channelNames, toChannelKind } from "./channel-names.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { integer, pageInput, text, word, yesNo } from "./input.ts";

/** The filters that lists of subscribers have in common. */
export const personFilters = {
  ...pageInput(1000),
  name: text(200).optional(),
  phone: text(60).optional(),
  email: text(320).optional(),
  is_channel: word(channelNames).optional(),
  is_opt_in_email: yesNo().optional(),
  is_opt_in_sms: yesNo().optional(),
  is_interacted_in_last_24h: yesNo().optional(),
  is_bot_interacted_in_last_24h: yesNo().optional(),
  is_last_message_in_last_24h: yesNo().optional(),
};
const personFilterSchema = z.object(personFilters);
type PersonFilters = z.output<typeof personFilterSchema>;

const dayMs = 86_400_000;

function toSearch(filters: PersonFilters, now: number): ContactSearch {
  const since = (is: boolean | undefined): Since | undefined =>
    is === undefined ? undefined : { at: now - dayMs, is };
  const { name, phone, email, is_channel } = filters;
  return {
    name,
    phone,
    email,
    consents: { email: filters.is_opt_in_email, sms: filters.is_opt_in_sms },
    channelKinds: is_channel === undefined ? undefined : [toChannelKind(is_channel)],
    inbound: since(filters.is_interacted_in_last_24h),
    botMessage: since(filters.is_bot_interacted_in_last_24h),
    anyMessage: since(filters.is_last_message_in_last_24h),
  };
}

/** A page of subscribers, oldest first so that pages stay as they are while new ones come. `botId` absent: of the whole workspace. */
export async function listBotUsers(
  call: Call,
  filters: PersonFilters,
  more: ContactSearch & { readonly botId?: number },
) {
  const { db, caller, dependencies } = call;
  const { botId, ...search } = more;
  const access = { workspaceId: caller.workspaceId, botId };
  const wanted = { ...toSearch(filters, dependencies.now()), ...search };
  const ids = await searchContacts(db, access, wanted, { offset: toOffset(filters), limit: filters.limit });
  const cards = ids.length === 0 ? [] : await loadContactCards(db, access, ids);
  return await toPage(call, filters, cards.map(presentBotUser), () => countContacts(db, access, wanted));
}

/** The id of a custom event of the workspace. */
async function requireEvent(call: Call, eventNs: string): Promise<number> {
  const { id } = await call.requireNs("customEvent", eventNs);
  return (await requireCustomEvent(call.db, call.caller.workspaceId, id)).id;
}

export const subscriberSearchEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/subscribers",
    scope: "flow",
    summary: "Get list of subscribers, or find some by name, phone, e-mail, channel, tag, label, field and so on",
    input: z.object({
      ...personFilters,
      tag_ns: text(60).optional(),
      label_id: integer().optional(),
      event_ns: text(60).optional(),
      user_field_ns: text(60).optional(),
      user_field_value: text(2000).optional(),
    }),
    answer: pageOf(botUserSchema),
    async handle(call, input) {
      const { tag_ns, label_id, event_ns, user_field_ns, user_field_value } = input;
      const [tag] = tag_ns === undefined ? [] : await call.requireNamed("tag", [tag_ns]);
      const [found] = user_field_ns === undefined ? [] : await call.requireNamed("field", [user_field_ns]);
      const customEventId = event_ns === undefined ? undefined : await requireEvent(call, event_ns);
      const field = found === undefined ? undefined : { id: found.id, value: user_field_value ?? "" };
      return await listBotUsers(call, input, {
        botId: await call.botId(),
        tagId: tag?.id,
        labelId: label_id,
        customEventId,
        field,
      });
    },
  }),
];
