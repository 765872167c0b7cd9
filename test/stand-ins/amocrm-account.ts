import type { AmocrmCall } from "./amocrm.ts";

export type Entity = Record<string, unknown> & { readonly id: number };
interface FieldValue {
  readonly field_id?: number;
  readonly field_code?: string;
  readonly values: readonly { readonly value?: unknown; readonly enum_id?: number; readonly enum_code?: string }[];
}
interface Field {
  readonly id: number;
  readonly name: string;
  readonly code: string | null;
  readonly type: string;
  readonly enums?: readonly { readonly id: number; readonly value: string }[];
}
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Refused {
  readonly code: string;
  readonly path: string;
  readonly detail: string;
}
export type Kind = "leads" | "contacts";

const pipelines = [
  { id: 3101, name: "Sales", is_main: true, is_archive: false, statuses: [31011, 31012] },
  { id: 3102, name: "Courses", is_main: false, is_archive: false, statuses: [31021, 31022] },
  { id: 3103, name: "Old", is_main: false, is_archive: true, statuses: [31031] },
];
const users = [
  { id: 7001, name: "Olga", email: "olga@school.example" },
  { id: 7002, name: "Pavel", email: "pavel@school.example" },
];
const fields: Readonly<Record<Kind, readonly Field[]>> = {
  leads: [
    { id: 601, name: "Paid", code: null, type: "checkbox" },
    { id: 602, name: "Begins", code: null, type: "date" },
    {
      id: 603,
      name: "Level",
      code: null,
      type: "select",
      enums: [
        { id: 1, value: "new" },
        { id: 2, value: "yes" },
      ],
    },
    {
      id: 604,
      name: "Days",
      code: null,
      type: "multiselect",
      enums: ["Mon", "Tue", "Sat, Sun"].map((value, id) => ({ id, value })),
    },
    { id: 605, name: "Seats", code: null, type: "numeric" },
    { id: 606, name: "utm_source", code: "UTM_SOURCE", type: "tracking_data" },
    { id: 607, name: "Call at", code: null, type: "date_time" },
  ],
  contacts: [
    { id: 501, name: "City", code: null, type: "text" },
    { id: 502, name: "Phone", code: "PHONE", type: "multitext" },
    { id: 503, name: "Email", code: "EMAIL", type: "multitext" },
  ],
};

const lists: Readonly<Record<string, (query: URLSearchParams) => Answer>> = {
  "/api/v4/account": () => ({ status: 200, body: { id: 1, name: "School", subdomain: "school" } }),
  "/api/v4/users": (query) => page("users", users, query),
  "/api/v4/leads/custom_fields": (query) => page("custom_fields", fields.leads, query),
  "/api/v4/contacts/custom_fields": (query) => page("custom_fields", fields.contacts, query),
  "/api/v4/leads/pipelines": (query) => {
    const shown = pipelines.map(({ statuses, ...one }) => ({
      ...one,
      _embedded: {
        statuses: [...statuses, 142, 143].map((id) => ({ id, name: `Status ${id}`, pipeline_id: one.id, type: 0 })),
      },
    }));
    return page("pipelines", shown, query);
  },
};

/** What an account holds, and what its API does with it (WIRE-FORMATS 4.3, https://www.amocrm.ru/developers/content/crm_platform/api-reference). */
export function createAmocrmAccount(now: () => number) {
  const entities: Readonly<Record<Kind, Map<number, Entity>>> = { leads: new Map(), contacts: new Map() };
  let lastId = 1_000;

  function list(kind: Kind, query: URLSearchParams): Answer {
    const ids = [...query].filter(([key]) => key.startsWith("filter[id]")).map(([, id]) => Number(id));
    const wanted = query.get("query");
    const found = [...entities[kind].values()].filter(
      (entity) => (ids.length === 0 || ids.includes(entity.id)) && (wanted === null || fits(entity, wanted)),
    );
    return page(
      kind,
      found.map((entity) => show(kind, entity, query)),
      query,
    );
  }

  function show(kind: Kind, entity: Entity, query: URLSearchParams): Entity {
    const { tags = [], contacts = [], ...rest } = entity;
    const withs = (query.get("with") ?? "").split(",");
    const leads = [...entities.leads.values()].filter((deal) => (deal.contacts as number[]).includes(entity.id));
    const embedded = {
      tags: (tags as string[]).map((name, id) => ({ id, name, color: null })),
      ...(kind === "leads" && withs.includes("contacts")
        ? { contacts: (contacts as number[]).map((id) => ({ id })) }
        : {}),
      ...(kind === "contacts" && withs.includes("leads") ? { leads: leads.map(({ id }) => ({ id })) } : {}),
    };
    return { ...rest, is_deleted: false, _embedded: embedded };
  }

  function store(kind: Kind, id: number, sent: Record<string, unknown>): void {
    const old = entities[kind].get(id);
    const { custom_fields_values: values = [], _embedded: embedded, ...rest } = sent;
    const { tags, contacts } = (embedded ?? {}) as { tags?: { name: string }[]; contacts?: { id: number }[] };
    const given = (values as FieldValue[]).map((value) => ({
      ...toStored(fieldOf(kind, value)),
      values: value.values,
    }));
    const kept = ((old?.custom_fields_values ?? []) as { field_id: number }[]).filter(
      ({ field_id }) => !given.some((one) => one.field_id === field_id),
    );
    entities[kind].set(id, {
      name: kind === "leads" ? `Deal #${id}` : "",
      created_at: Math.floor(now() / 1_000),
      contacts: [],
      pipeline_id: 3101,
      status_id: 31011,
      ...old,
      ...rest,
      ...(tags === undefined ? {} : { tags: tags.map(({ name }) => name) }),
      ...(contacts === undefined ? {} : { contacts: contacts.map((one) => one.id) }),
      custom_fields_values: [...kept, ...given],
      id,
    });
  }

  function make(kind: Kind, sent: Record<string, unknown>): number {
    lastId += 1;
    store(kind, lastId, sent);
    return lastId;
  }

  function makeAll(kind: Kind, isComplex: boolean, sent: readonly Record<string, unknown>[]): Answer {
    const contactOf = (one: Record<string, unknown>) =>
      (one._embedded as { contacts?: Record<string, unknown>[] } | undefined)?.contacts?.[0];
    const refused = sent.flatMap((one) => [
      ...check(kind, one),
      ...(isComplex
        ? check("contacts", contactOf(one) ?? {}).map((each) => ({
            ...each,
            path: `_embedded.contacts.0.${each.path}`,
          }))
        : []),
    ]);
    if (refused.length > 0) return refuse(refused);
    if (!isComplex) {
      const made = sent.map((one, n) => ({ id: make(kind, one), request_id: String(n) }));
      return { status: 200, body: { _embedded: { [kind]: made } } };
    }
    const made = sent.map((one, n) => {
      const contactId = make("contacts", contactOf(one) ?? {});
      const embedded = { ...(one._embedded as object), contacts: [{ id: contactId }] };
      const id = make("leads", { ...one, _embedded: embedded });
      return { id, contact_id: contactId, company_id: null, request_id: [String(n)], merged: false };
    });
    return { status: 200, body: made };
  }

  function change(kind: Kind, id: number, sent: Record<string, unknown>): Answer {
    if (!entities[kind].has(id)) return problem(404, "Not found");
    const refused = check(kind, sent);
    if (refused.length > 0) return refuse(refused);
    store(kind, id, sent);
    return { status: 200, body: { id, updated_at: Math.floor(now() / 1_000) } };
  }

  function link(dealId: number, links: readonly { readonly to_entity_id: number }[]): Answer {
    const deal = entities.leads.get(dealId);
    if (deal === undefined) return problem(404, "Not found");
    entities.leads.set(dealId, {
      ...deal,
      contacts: [...(deal.contacts as number[]), ...links.map(({ to_entity_id: id }) => id)],
    });
    return { status: 200, body: { _total_items: links.length, _embedded: { links } } };
  }

  function readOne(kind: Kind, id: number, query: URLSearchParams): Answer {
    const entity = entities[kind].get(id);
    return entity === undefined ? { status: 204 } : { status: 200, body: show(kind, entity, query) };
  }

  function carryOut({ method, path, query, body }: AmocrmCall): Answer {
    if (method === "GET" && Object.hasOwn(lists, path)) return lists[path]?.(query) ?? problem(404, "Not found");
    const [, kind, rest = ""] = /^\/api\/v4\/(leads|contacts)(?:\/(.+))?$/.exec(path) ?? [];
    if (kind !== "leads" && kind !== "contacts") return problem(404, "Not found");
    const id = Number.parseInt(rest, 10);
    switch (`${method} ${rest.replace(/^\d+/, "ID")}`) {
      case "GET ":
        return list(kind, query);
      case "GET ID":
        return readOne(kind, id, query);
      case "PATCH ID":
        return change(kind, id, body as Record<string, unknown>);
      case "POST ":
      case "POST complex":
        return makeAll(kind, rest === "complex", body as Record<string, unknown>[]);
      case "POST ID/link":
        return link(id, body as { to_entity_id: number }[]);
      default:
        return problem(405, "Method not allowed");
    }
  }

  return {
    deals: entities.leads as ReadonlyMap<number, Entity>,
    contacts: entities.contacts as ReadonlyMap<number, Entity>,
    add: make,
    remove(kind: Kind, id: number): void {
      entities[kind].delete(id);
      if (kind === "leads") return;
      for (const deal of entities.leads.values()) {
        const contacts = (deal.contacts as number[]).filter((one) => one !== id);
        entities.leads.set(deal.id, { ...deal, contacts });
      }
    },
    carryOut,
  };
}

/** Lists are cut into pages, and an empty one has no body. */
function page(key: string, all: readonly unknown[], query: URLSearchParams): Answer {
  const limit = Math.min(Number(query.get("limit") ?? 50), 250);
  const number = Number(query.get("page") ?? 1);
  const items = all.slice((number - 1) * limit, number * limit);
  return items.length === 0 ? { status: 204 } : { status: 200, body: { _page: number, _embedded: { [key]: items } } };
}

export function problem(status: number, detail: string, title = "Error"): Answer {
  return { status, body: { title, type: `https://httpstatus.es/${status}`, status, detail } };
}

function refuse(errors: readonly Refused[]): Answer {
  const said = {
    title: "Bad Request",
    type: "https://httpstatus.es/400",
    status: 400,
    detail: "Request validation failed",
  };
  return { status: 400, body: { ...said, "validation-errors": [{ request_id: "0", errors }] } };
}

/** What amoCRM would not take. */
function check(kind: Kind, sent: Record<string, unknown>): Refused[] {
  const values = (sent.custom_fields_values ?? []) as FieldValue[];
  return [...checkPlaces(sent), ...values.flatMap((value, n) => checkValue(kind, value, `custom_fields_values.${n}`))];
}

const notOffered = (path: string): Refused => ({
  code: "NotSupportedChoice",
  path,
  detail: "The value you selected is not a valid choice.",
});

function checkPlaces({
  pipeline_id: pipelineId,
  status_id: statusId,
  responsible_user_id: userId,
  price,
}: Record<string, unknown>): Refused[] {
  const pipeline = pipelines.find(({ id }) => id === pipelineId);
  const statuses = (pipeline === undefined ? pipelines : [pipeline]).flatMap((one) => one.statuses);
  // Won and lost are in every pipeline.
  const isStatus = statusId === 142 || statusId === 143 ? pipeline !== undefined : statuses.includes(Number(statusId));
  return [
    ...(pipelineId !== undefined && pipeline === undefined ? [notOffered("pipeline_id")] : []),
    ...(statusId !== undefined && !isStatus ? [notOffered("status_id")] : []),
    ...(userId !== undefined && !users.some(({ id }) => id === userId) ? [notOffered("responsible_user_id")] : []),
    ...(price !== undefined && !Number.isInteger(price)
      ? [{ code: "InvalidType", path: "price", detail: "This value should be of type int." }]
      : []),
  ];
}

function checkValue(kind: Kind, value: FieldValue, place: string): Refused[] {
  const field = fieldOf(kind, value);
  if (field === undefined) return [notOffered(`${place}.field_id`)];
  if (value.values.every((one) => isValue(field, one.value))) return [];
  return [{ code: "NotValid", path: `${place}.values.0.value`, detail: "This value is not valid." }];
}

function fieldOf(kind: Kind, { field_id: id, field_code: code }: FieldValue): Field | undefined {
  return fields[kind].find((field) => (id === undefined ? field.code === code : field.id === id));
}

function toStored(field: Field | undefined) {
  return { field_id: field?.id ?? 0, field_code: field?.code ?? null, field_type: field?.type };
}

function isValue({ type, enums = [] }: Field, value: unknown): boolean {
  if (type === "checkbox") return typeof value === "boolean";
  if (type === "date" || type === "date_time") return Number.isInteger(value);
  if (type === "numeric") return !Number.isNaN(Number(value));
  if (type === "select" || type === "multiselect") return enums.some((option) => option.value === value);
  return typeof value === "string" && value !== "";
}

/** amoCRM looks at the digits of phones and at parts of other texts. */
function fits({ name, custom_fields_values: values }: Entity, query: string): boolean {
  const texts = [name, ...((values ?? []) as FieldValue[]).flatMap((one) => one.values.map(({ value }) => value))];
  return texts.some((text) => {
    const digits = String(text).replace(/\D/g, "");
    return String(text).toLowerCase().includes(query.toLowerCase()) || (/^\d+$/.test(query) && digits.includes(query));
  });
}
