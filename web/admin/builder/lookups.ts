import { toKey } from "../../../src/engine/field-key.ts";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import type { EntryLinkSummaryBody } from "../../../src/http/contract/entry-links.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { IntegrationBody } from "../../../src/http/contract/integrations.ts";
import type { ProductBody } from "../../../src/http/contract/products.ts";
import type { SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";

/** A thing that a setting names: `value` is what is stored, `label` what people read. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

type Settings = Readonly<Record<string, unknown>>;

/** Where the choices of a setting come from. */
export interface Lookup {
  /** Of the native API; undefined while a setting that it hangs on is not there. */
  path(settings: Settings): string | undefined;
  readonly query?: Readonly<Record<string, string | number>>;
  /** A second list, which hangs on the first: those that another system gives. */
  far?(body: Body, settings: Settings): string | undefined;
  /** `botId`: things of other bots are left out. */
  choices(body: Body, of: { readonly settings: Settings; readonly botId: number | undefined }): readonly Choice[];
  /** The label is the very value: what is typed is a value too, and makes one that is not there yet. */
  readonly isName?: true;
  /** What makes one that is missing, under a name that was typed, and reads its value from the answer. */
  readonly make?: {
    readonly body: (name: string, settings: Settings) => object;
    readonly value: (made: Body) => string;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: each lookup knows the body of its own path.
type Body = any;

const lookup = (one: Lookup): Lookup => one;
const ofBot = <Item extends { readonly botId: number }>(items: readonly Item[], botId: number | undefined) =>
  botId === undefined ? items : items.filter((item) => item.botId === botId);
const named = (path: string) =>
  lookup({
    path: () => path,
    choices: ({ data }: { data: readonly { name: string }[] }) =>
      data.map(({ name }) => ({ value: name, label: name })),
    isName: true,
  });
const keyed = (path: string) =>
  lookup({
    path: () => path,
    choices: ({ data }: { data: readonly { key: string; name: string }[] }) =>
      data.map(({ key, name }) => ({ value: key, label: name })),
  });
const byRef = (path: string) =>
  lookup({
    path: () => path,
    choices: ({ data }: { data: readonly { ref: string; name: string; botId: number }[] }, { botId }) =>
      ofBot(data, botId).map(({ ref, name }) => ({ value: ref, label: name })),
  });
const channels = (isFit: (channel: ChannelBody) => boolean) =>
  lookup({
    path: () => "/channels",
    choices: ({ data }: { data: readonly ChannelBody[] }, { botId }) =>
      ofBot(data, botId)
        .filter(isFit)
        .map(({ id, name }) => ({ value: String(id), label: name })),
  });
const integrations = (kind: string) =>
  lookup({
    path: () => "/integrations",
    choices: ({ data }: { data: readonly IntegrationBody[] }) =>
      data.filter((one) => one.kind === kind).map(({ ref, name }) => ({ value: ref, label: name })),
  });

/** Of several integrations of a kind, the one that is named; of one, that one. */
function findIntegration({ data }: { data: readonly IntegrationBody[] }, kind: string, wanted: unknown) {
  const ofKind = data.filter((one) => one.kind === kind);
  if (typeof wanted === "string" && wanted !== "") {
    return ofKind.find(({ ref, name }) => ref === wanted || name === wanted);
  }
  return ofKind.length === 1 ? ofKind[0] : undefined;
}

interface FarItem {
  readonly id: number;
  readonly name: string;
  readonly statuses?: readonly FarItem[];
  readonly isMain?: boolean;
}
const amocrm = (list: string, pick: (items: readonly FarItem[], settings: Settings) => readonly FarItem[]) =>
  lookup({
    path: () => "/integrations",
    far: (body, settings) => {
      const found = findIntegration(body, "amocrm", settings.integration);
      return found === undefined ? undefined : `/integrations/${found.id}/lookups/${list}`;
    },
    choices: ({ data }: { data: readonly FarItem[] }, { settings }) =>
      pick(data, settings).map(({ id, name }) => ({ value: String(id), label: name })),
  });

const planOf = ({ data }: { data: readonly SalesPlanBody[] }, wanted: unknown) =>
  data.filter(({ ref, name }) => wanted === undefined || wanted === "" || ref === wanted || name === wanted);

/** Of a field that keeps the answer to a question. */
function fieldKindFor({ answer }: Settings): "text" | "number" | "date" {
  const type = typeof answer === "object" && answer !== null && "type" in answer ? answer.type : undefined;
  return type === "number" || type === "date" ? type : "text";
}

export const lookups = {
  tag: named("/tags"),
  label: named("/labels"),
  event: named("/custom-events"),
  closingNote: lookup({
    path: () => "/closing-notes",
    choices: ({ data }: { data: readonly { name: string; botId: number }[] }, { botId }) =>
      ofBot(data, botId).map(({ name }) => ({ value: name, label: name })),
    isName: true,
  }),
  field: lookup({
    ...keyed("/fields"),
    make: {
      body: (name, settings) => ({ key: toKey(name), name, kind: fieldKindFor(settings) }),
      value: ({ key }: { key: string }) => key,
    },
  }),
  variable: lookup({
    path: () => "/variables",
    choices: ({ data }: { data: readonly { key: string; name: string; botId: number }[] }, { botId }) =>
      ofBot(data, botId).map(({ key, name }) => ({ value: key, label: name })),
  }),
  sequence: byRef("/sequences"),
  entryLink: lookup({
    path: () => "/entry-links",
    choices: ({ data }: { data: readonly EntryLinkSummaryBody[] }, { botId }) =>
      ofBot(data, botId).map(({ ref, name }) => ({ value: ref, label: name })),
  }),
  flow: lookup({
    path: () => "/flows",
    choices: ({ data }: { data: readonly FlowSummaryBody[] }, { botId }) =>
      ofBot(data, botId).map(({ ref, name }) => ({ value: ref, label: name })),
  }),
  member: lookup({
    path: () => "/members",
    choices: ({ data }: { data: readonly { id: number; name: string; email: string }[] }) =>
      data.map(({ id, name, email }) => ({ value: String(id), label: name === "" ? email : name })),
  }),
  plan: lookup({
    path: () => "/sales-plans",
    choices: ({ data }: { data: readonly SalesPlanBody[] }) =>
      data.map(({ ref, name }) => ({ value: ref, label: name })),
  }),
  dealStatus: lookup({
    path: () => "/sales-plans",
    choices: (body, { settings }) => {
      const plans = planOf(body, settings.plan);
      // Of several plans each has its own "New": it says whose it is.
      const label = (plan: string, name: string) => (plans.length === 1 ? name : `${name} (${plan})`);
      return plans.flatMap((plan) =>
        plan.statuses.map(({ ref, name }) => ({ value: ref, label: label(plan.name, name) })),
      );
    },
  }),
  channel: channels(() => true),
  emailChannel: channels(({ kind }) => kind === "email"),
  channelKind: lookup({
    path: () => "/channel-kinds",
    choices: ({ data }: { data: readonly { kind: string; title: string }[] }) =>
      data.map(({ kind, title }) => ({ value: kind, label: title })),
  }),
  variant: lookup({
    path: () => "/products",
    query: { limit: 100 },
    choices: ({ data }: { data: readonly ProductBody[] }) =>
      data.flatMap((product) =>
        product.variants.map(({ id, name, priceText, currency }) => ({
          value: String(id),
          label: `${name === "" ? product.name : `${product.name}, ${name}`} · ${priceText} ${currency}`,
        })),
      ),
  }),
  amocrm: integrations("amocrm"),
  getcourse: integrations("getcourse"),
  pipeline: amocrm("pipelines", (pipelines) => pipelines),
  pipelineStatus: amocrm("pipelines", (pipelines, { pipeline }) => {
    const chosen = pipelines.find(({ id, isMain }) => (pipeline === undefined ? isMain === true : id === pipeline));
    return chosen?.statuses ?? [];
  }),
  amocrmUser: amocrm("users", (users) => users),
  amocrmDealField: amocrm("deal_fields", (fields) => fields),
  amocrmContactField: amocrm("contact_fields", (fields) => fields),
} satisfies Readonly<Record<string, Lookup>>;

/** Which lookup a setting has, by its key, or by `OWNER.key` where owners mean different things by it. */
export const lookupOfSetting: Readonly<Record<string, keyof typeof lookups | "step">> = {
  tag: "tag",
  label: "label",
  field: "field",
  variable: "variable",
  sequence: "sequence",
  flow: "flow",
  step: "step",
  link: "entryLink",
  plan: "plan",
  variant: "variant",
  agent: "member",
  manager: "member",
  closingNote: "closingNote",
  event: "event",
  channelId: "channel",
  channels: "channelKind",
  pipeline: "pipeline",
  responsibleUser: "amocrmUser",
  "create_email_subscriber.channelId": "emailChannel",
  "send_email.channelId": "emailChannel",
  "send_contact_to_amocrm.integration": "amocrm",
  "send_deal_to_amocrm.integration": "amocrm",
  "send_deal_to_amocrm.status": "pipelineStatus",
  "send_to_getcourse.integration": "getcourse",
  "add_to_sales_plan.status": "dealStatus",
  "change_deal_status.status": "dealStatus",
  "update_deal.status": "dealStatus",
  "trigger.status": "dealStatus",
};

/** What the names of a map are chosen from, by whose map it is and where it stands. */
export function findLookupOfNames(owner: string, path: string): keyof typeof lookups | undefined {
  if (!path.endsWith(".fields")) return undefined;
  if (owner === "send_contact_to_amocrm" || (owner === "send_deal_to_amocrm" && path.endsWith(".contact.fields"))) {
    return "amocrmContactField";
  }
  return owner === "send_deal_to_amocrm" ? "amocrmDealField" : undefined;
}

export function findLookup(owner: string, key: string): keyof typeof lookups | "step" | undefined {
  return lookupOfSetting[`${owner}.${key}`] ?? lookupOfSetting[key];
}
