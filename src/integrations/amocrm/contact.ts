import { z } from "zod";
import type { ContactArgs } from "./arguments.ts";
import { type CustomFieldValues, toFieldValues } from "./custom-fields.ts";
import { type Desk, settlingMs } from "./desk.ts";
import { failed, retryLater } from "./problem.ts";
import { missingTags } from "./tags.ts";

const valueSchema = z.looseObject({ value: z.unknown(), enum_id: z.number().nullish() });
const contactSchema = z.looseObject({
  id: z.number(),
  name: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  responsible_user_id: z.number().nullish(),
  created_at: z.number().nullish(),
  is_deleted: z.boolean().nullish(),
  custom_fields_values: z
    .array(z.looseObject({ field_code: z.string().nullish(), values: z.array(valueSchema) }))
    .nullish(),
  _embedded: z
    .looseObject({
      tags: z.array(z.looseObject({ name: z.string() })).nullish(),
      leads: z.array(z.looseObject({ id: z.number() })).nullish(),
    })
    .nullish(),
});
export type AmocrmContact = z.output<typeof contactSchema>;

const listSchema = z.looseObject({ _embedded: z.looseObject({ contacts: z.array(contactSchema) }) });
const madeSchema = z.looseObject({
  _embedded: z.looseObject({ contacts: z.tuple([z.looseObject({ id: z.number() })]) }),
});

/** Under this name the link to amoCRM's contact is kept. */
const link = "contact";

/** Makes the contact or brings it up to date. `isNew`: it was made. */
export async function saveContact(
  desk: Desk,
  args: ContactArgs,
): Promise<{ readonly id: number; readonly isNew: boolean }> {
  const known = await updateContact(desk, args);
  if (known !== undefined) return { id: known, isNew: false };
  const body = await toNewContact(desk, args);
  const made = await desk.make(link, args.name, async () => {
    const answer = await desk.api.post("/api/v4/contacts", [body], madeSchema);
    return answer._embedded.contacts[0];
  });
  await linkContact(desk, made.id);
  return { id: made.id, isNew: true };
}

/** Brings the contact up to date and gives its id: the one that was made before, or one with the same phone or e-mail. Undefined: there is none yet. */
export async function updateContact(desk: Desk, args: ContactArgs): Promise<number | undefined> {
  const found = (await readLinked(desk)) ?? (await findUnlinked(desk, args));
  if (found === undefined) return undefined;
  await linkContact(desk, found.id);
  const change = await toChange(desk, args, found);
  if (Object.keys(change).length === 0) return found.id;
  return (await desk.api.patch(`/api/v4/contacts/${found.id}`, change)) ? found.id : undefined;
}

export async function readContact(desk: Desk, id: number, query = ""): Promise<AmocrmContact | undefined> {
  const contact = await desk.api.get(`/api/v4/contacts/${id}${query}`, contactSchema);
  return contact?.is_deleted === true ? undefined : contact;
}

export async function linkContact(desk: Desk, id: number): Promise<void> {
  if (desk.idOf(link) !== id) await desk.keepId(link, id);
  await desk.settle(link);
}

async function readLinked(desk: Desk): Promise<AmocrmContact | undefined> {
  const id = desk.idOf(link);
  return id === undefined ? undefined : await readContact(desk, id);
}

async function findUnlinked(desk: Desk, args: ContactArgs): Promise<AmocrmContact | undefined> {
  const asked = desk.asked(link);
  const found = await findContact(desk, args);
  if (found !== undefined || asked === undefined) return found;
  if (args.phone === "" && args.email === "") {
    await desk.settle(link);
    throw failed(
      "it is not known whether the contact was made, and without phone and e-mail it cannot be looked for: look in amoCRM, and send it again from the log if it is not there",
    );
  }
  waitForSearch(desk, asked.at);
  return undefined;
}

/** Throws while what was asked for may not be found yet. */
export function waitForSearch({ now }: Pick<Desk, "now">, askedAt: number): void {
  const left = askedAt + settlingMs - now();
  if (left > 0) throw retryLater("an earlier answer of amoCRM's was lost: what it may have made is looked for", left);
}

/** The one that was there first, of those with the same phone or, where there is none, the same e-mail. */
export async function findContact(desk: Desk, { phone, email }: ContactArgs): Promise<AmocrmContact | undefined> {
  const wanted = [
    { code: "PHONE", query: endOfPhone(phone), isSame: (value: string) => endOfPhone(value) === endOfPhone(phone) },
    { code: "EMAIL", query: email, isSame: (value: string) => value.trim().toLowerCase() === email.toLowerCase() },
  ];
  for (const { code, query, isSame } of wanted) {
    if (query === "") continue;
    const address = `/api/v4/contacts?${new URLSearchParams({ query, limit: "50" })}`;
    const list = (await desk.api.get(address, listSchema))?._embedded.contacts ?? [];
    const same = list.filter((contact) => contact.is_deleted !== true && valuesOf(contact, code).some(isSame));
    const [first] = same.sort((one, other) => one.id - other.id);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** People write a number's beginning in many ways (8, +7, 007): amoCRM keeps what they wrote. */
function endOfPhone(phone: string): string {
  return phone.replace(/\D/g, "").slice(-10);
}

function valuesOf({ custom_fields_values: fields }: AmocrmContact, code: string): string[] {
  return (fields ?? [])
    .filter((field) => field.field_code === code)
    .flatMap(({ values }) => values.map(({ value }) => String(value)));
}

export async function toNewContact({ api }: Desk, args: ContactArgs): Promise<Record<string, unknown>> {
  const { phone, email, responsibleUser, tags } = args;
  const fields = [
    ...(phone === "" ? [] : [toWork("PHONE", phone)]),
    ...(email === "" ? [] : [toWork("EMAIL", email)]),
    ...(await toFieldValues(api, "contacts", args.fields)),
  ];
  return {
    ...namesOf(args),
    ...(responsibleUser === undefined ? {} : { responsible_user_id: responsibleUser }),
    ...(fields.length === 0 ? {} : { custom_fields_values: fields }),
    ...(tags.length === 0 ? {} : { _embedded: { tags: tags.map((name) => ({ name })) } }),
  };
}

function toWork(code: string, value: string): CustomFieldValues {
  return { field_code: code, values: [{ value, enum_code: "WORK" }] };
}

function namesOf({ name, firstName, lastName }: ContactArgs): Record<string, string> {
  const names = { name, first_name: firstName, last_name: lastName };
  return Object.fromEntries(Object.entries(names).filter(([, text]) => text !== ""));
}

/** What is different at amoCRM's. Phones, e-mail addresses and tags that people have added there stay: a list that is sent takes the place of the one that is there. */
async function toChange({ api }: Desk, args: ContactArgs, old: AmocrmContact): Promise<Record<string, unknown>> {
  const { phone, email, responsibleUser } = args;
  const names = args.rename ? Object.entries(namesOf(args)).filter(([key, text]) => old[key] !== text) : [];
  const fields = [
    ...withValue(old, { code: "PHONE", value: phone, key: endOfPhone }),
    ...withValue(old, { code: "EMAIL", value: email, key: (text) => text.trim().toLowerCase() }),
    ...(await toFieldValues(api, "contacts", args.fields)),
  ];
  const tags = missingTags(old._embedded?.tags, args.tags);
  return {
    ...Object.fromEntries(names),
    ...(responsibleUser === undefined || responsibleUser === old.responsible_user_id
      ? {}
      : { responsible_user_id: responsibleUser }),
    ...(fields.length === 0 ? {} : { custom_fields_values: fields }),
    ...(tags === undefined ? {} : { _embedded: { tags } }),
  };
}

function withValue(
  { custom_fields_values: fields }: AmocrmContact,
  { code, value, key }: { readonly code: string; readonly value: string; readonly key: (text: string) => string },
): CustomFieldValues[] {
  const there = (fields ?? []).find(({ field_code }) => field_code === code)?.values ?? [];
  if (value === "" || there.some((one) => key(String(one.value)) === key(value))) return [];
  const kept = there.map((one) => ({
    value: String(one.value),
    ...(typeof one.enum_id === "number" ? { enum_id: one.enum_id } : {}),
  }));
  return [{ field_code: code, values: [...kept, { value, enum_code: "WORK" }] }];
}
