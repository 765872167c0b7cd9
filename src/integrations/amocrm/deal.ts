import { z } from "zod";
import type { OperationResult } from "../../engine/integration-type.ts";
import type { ContactArgs, DealArgs } from "./arguments.ts";
import {
  findContact,
  linkContact,
  readContact,
  saveContact,
  toNewContact,
  updateContact,
  waitForSearch,
} from "./contact.ts";
import { toFieldValues } from "./custom-fields.ts";
import type { Desk } from "./desk.ts";
import { failed } from "./problem.ts";
import { missingTags } from "./tags.ts";

const dealSchema = z.looseObject({
  id: z.number(),
  name: z.string().nullish(),
  created_at: z.number().nullish(),
  is_deleted: z.boolean().nullish(),
  _embedded: z
    .looseObject({
      tags: z.array(z.looseObject({ name: z.string() })).nullish(),
      contacts: z.array(z.looseObject({ id: z.number() })).nullish(),
    })
    .nullish(),
});
const listSchema = z.looseObject({ _embedded: z.looseObject({ leads: z.array(dealSchema) }) });
const complexSchema = z.tuple([z.looseObject({ id: z.number(), contact_id: z.number().nullish() })]);
const madeSchema = z.looseObject({ _embedded: z.looseObject({ leads: z.tuple([z.looseObject({ id: z.number() })]) }) });

/** Our clock and amoCRM's may differ by this. */
const clocksMs = 5 * 60_000;
/** Of a contact's deals, so many of the newest are looked at. */
const mostDeals = 50;

interface Wanted {
  readonly contact: ContactArgs;
  readonly deal: DealArgs;
}

/** Makes the contact's deal or brings it up to date, and the contact with it. */
export async function saveDeal(desk: Desk, { contact, deal }: Wanted): Promise<OperationResult> {
  const link = `deal ${deal.key}`;
  // A deal of its own each time is asked for by each call on its own.
  const question = deal.always ? `${link} ${desk.callId}` : link;
  const wanted = { contact, deal, contactId: await updateContact(desk, contact) };
  const linked = deal.always ? undefined : desk.idOf(link);
  const changed =
    (await updateDeal(desk, linked, wanted)) ??
    (await updateDeal(desk, await findAsked(desk, { ...wanted, question }), wanted));
  const made = changed ?? (await desk.make(question, deal.name, async () => await makeDeal(desk, wanted)));
  await desk.keepId(link, made.id);
  if (made.contactId !== undefined) await linkContact(desk, made.contactId);
  await desk.settle(question);
  return done(desk, { ...made, isNew: changed === undefined });
}

interface SavedDeal {
  readonly id: number;
  /** amoCRM's. */
  readonly contactId: number | undefined;
}

function done({ api }: Desk, { id, contactId, isNew }: SavedDeal & { readonly isNew: boolean }): OperationResult {
  return {
    status: "done",
    summary: `the deal ${id} was ${isNew ? "made" : "changed"}`,
    result: { dealId: id, contactId: contactId ?? null, isNew, url: `${api.account}/leads/detail/${id}` },
  };
}

interface Making extends Wanted {
  /** amoCRM's; undefined: the contact is made along with the deal. */
  readonly contactId: number | undefined;
}

async function makeDeal(desk: Desk, { contact, deal, contactId }: Making): Promise<SavedDeal> {
  const body = await toBody(desk, deal);
  const tags = deal.tags.length === 0 ? {} : { tags: deal.tags.map((name) => ({ name })) };
  if (contactId !== undefined) {
    const embedded = { ...tags, contacts: [{ id: contactId, is_main: true }] };
    const made = await desk.api.post("/api/v4/leads", [{ ...body, _embedded: embedded }], madeSchema);
    return { id: made._embedded.leads[0].id, contactId };
  }
  const embedded = { ...tags, contacts: [await toNewContact(desk, contact)] };
  const [made] = await desk.api.post("/api/v4/leads/complex", [{ ...body, _embedded: embedded }], complexSchema);
  return { id: made.id, contactId: made.contact_id ?? undefined };
}

async function toBody({ api }: Desk, deal: DealArgs): Promise<Record<string, unknown>> {
  const { name, price, pipeline, status, responsibleUser } = deal;
  const fields = await toFieldValues(api, "leads", deal.fields);
  const all = {
    name,
    price,
    pipeline_id: pipeline,
    status_id: status,
    responsible_user_id: responsibleUser,
    custom_fields_values: fields.length === 0 ? undefined : fields,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Undefined: there is none, or it is gone. */
async function updateDeal(
  desk: Desk,
  id: number | undefined,
  { contact, deal, contactId }: Making,
): Promise<SavedDeal | undefined> {
  if (id === undefined) return undefined;
  const old = await desk.api.get(`/api/v4/leads/${id}?with=contacts`, dealSchema);
  if (old === undefined || old.is_deleted === true) return undefined;
  const tags = missingTags(old._embedded?.tags, deal.tags);
  const body = { ...(await toBody(desk, deal)), ...(tags === undefined ? {} : { _embedded: { tags } }) };
  if (!(await desk.api.patch(`/api/v4/leads/${id}`, body))) return undefined;
  const owner = contactId ?? (await saveContact(desk, contact)).id;
  if ((old._embedded?.contacts ?? []).length === 0) {
    // The contact was deleted there.
    const linked = { to_entity_id: owner, to_entity_type: "contacts", metadata: { is_main: true } };
    await desk.api.post(`/api/v4/leads/${id}/link`, [linked], z.unknown());
  }
  return { id, contactId: owner };
}

interface Asked extends Making {
  readonly question: string;
}

/** A deal that was asked for, with the answer lost: one of the contact's, of that name, made since. Throws while nothing can be said, or ever. */
async function findAsked(desk: Desk, { contact, contactId, question }: Asked): Promise<number | undefined> {
  const asked = desk.asked(question);
  if (asked === undefined) return undefined;
  const owner = contactId ?? (await findContact(desk, contact))?.id;
  if (owner === undefined && contact.phone === "" && contact.email === "") {
    await desk.settle(question);
    throw failed(
      "it is not known whether the deal was made, and without the contact's phone and e-mail it cannot be looked for: look in amoCRM, and send it again from the log if it is not there",
    );
  }
  if (owner !== undefined) {
    await linkContact(desk, owner);
    const since = asked.at - clocksMs;
    const others = desk.idsOf("deal ");
    const found = (await dealsOf(desk, owner)).find(
      ({ id, name, created_at: at }) => name === asked.name && (at ?? 0) * 1_000 >= since && !others.includes(id),
    );
    if (found !== undefined) return found.id;
  }
  waitForSearch(desk, asked.at);
  return undefined;
}

/** The newest first. */
async function dealsOf(desk: Desk, contactId: number): Promise<readonly z.output<typeof dealSchema>[]> {
  const contact = await readContact(desk, contactId, "?with=leads");
  const ids = (contact?._embedded?.leads ?? []).map(({ id }) => id).sort((one, other) => other - one);
  if (ids.length === 0) return [];
  const query = new URLSearchParams(ids.slice(0, mostDeals).map((id, n) => [`filter[id][${n}]`, String(id)]));
  const list = await desk.api.get(`/api/v4/leads?${query}&limit=${mostDeals}`, listSchema);
  return [...(list?._embedded.leads ?? [])]
    .filter((deal) => deal.is_deleted !== true)
    .sort((one, other) => other.id - one.id);
}
