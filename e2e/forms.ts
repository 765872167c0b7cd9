import type { Page } from "playwright-core";
import type { Answer, Call } from "./call-api.ts";

/** A form that changes something: where it is, what is typed over, and how the API says what is kept. */
export interface Form {
  /** Makes what is changed; its path in the API. */
  make(): Promise<string>;
  /** Where the form is. */
  page(resource: string): string;
  /** The button that opens it, and what of a menu then; absent: it is there. */
  opener?: string;
  item?: string;
  label: string;
  key: string;
  /** Where the API's answer has the value, if not under the key. */
  read?(body: Answer): unknown;
  /** What others send to change it, where it is more than the key and the value. */
  write?(value: string, body: Answer): object;
  /** Where the value is read, if not where it is changed. */
  readAt?: string;
  /** The button that saves. */
  saves?: string;
  /** What whoever saves second is told. */
  told?: RegExp;
  /** Waits until the page knows what was typed, where it lets people finish first. */
  settle?(page: Page, value: string): Promise<void>;
  /** There is one of it: it stays under the name that a test gave it. */
  only?: true;
  /** With what it comes to others, where a revision is asked for. */
  revised?: true;
}

/** Makes a thing of a list; its path in the API. */
export const made =
  (api: Call, list: string, body: object, by = "id") =>
  async () =>
    `${list}/${(await api("POST", list, body))[by]}`;

/** One of each kind: dialogs over lists, pages that are a form, cards of which each has its own, forms with a revision. */
export function listForms(api: Call): Readonly<Record<string, Form>> {
  const dialog = (list: string, body: object, place = `/settings${list}`): Form => ({
    make: made(api, list, { name: "Old", ...body }),
    page: () => place,
    opener: "Edit: Old",
    label: "Name",
    key: "name",
  });
  const deals = new Map<string, string>();
  const planned = async (name = "Old") => {
    const statuses = ["open", "won", "lost"].map((kind) => ({ name: kind, kind }));
    return await api("POST", "/sales-plans", { name, currency: "EUR", statuses });
  };
  const holds = (value: string) => ({
    match: "all",
    rules: [{ subject: "profile", key: "firstName", operator: "is", value }],
  });
  let keys = 0;
  /** Keys are for good, and each one's own. */
  const withKey = (list: string, body: object): Form => ({
    ...dialog(list, {}),
    make: async () => {
      keys += 1;
      return await made(api, list, { name: "Old", key: `key${keys}`, ...body })();
    },
  });
  return {
    "a tag": dialog("/tags", {}),
    "a field": withKey("/fields", { kind: "text" }),
    "a variable": withKey("/variables", { bot: "demo", kind: "text", value: "x" }),
    "a closing note": dialog("/closing-notes", { bot: "demo" }),
    "a webhook": dialog("/webhooks", { url: "https://example.org/hook", events: ["tag_added"], active: false }),
    "an inbound webhook": dialog("/inbound-webhooks", { bot: "demo" }),
    "an integration": dialog("/integrations", {
      kind: "getcourse",
      settings: { account: "school", key: "a secret" },
      active: false,
    }),
    "a product": dialog("/products", {}, "/products"),
    "a product's variant": {
      ...dialog("/products", {}, "/products"),
      make: async () => {
        keys += 1;
        const variants = [{ name: "Old form", price: 1000, currency: "EUR" }];
        return `/variants/${(await api("POST", "/products", { name: `Product ${keys}`, variants })).variants[0].id}`;
      },
      opener: "Edit: Old form",
    },
    "a sales plan": {
      make: async () => `/sales-plans/${(await planned()).ref}`,
      page: (resource) => resource.replace("/sales-plans", "/sales"),
      opener: "Plan settings",
      label: "Name",
      key: "name",
    },
    "a deal": {
      make: async () => {
        keys += 1;
        const [{ ref }, contact] = [
          await planned(`Plan ${keys}`),
          await made(api, "/contacts", { bot: "demo", firstName: "Dealer" })(),
        ];
        deals.set("last", ref);
        const body = { plan: ref, contact: Number(contact.split("/").at(-1)), title: "Old deal" };
        return await made(api, "/deals", body)();
      },
      page: () => `/sales/${deals.get("last")}`,
      opener: "Old deal",
      label: "Title",
      key: "title",
    },
    "a bot": dialog("/bots", {}, "/settings/channels"),
    "a secret": {
      ...withKey("/secrets", { bot: "demo", value: "a long secret" }),
    },
    "a saved reply": {
      make: async () => {
        keys += 1;
        return await made(api, "/saved-replies", { shortcut: `old${keys}`, text: "Old" })();
      },
      page: () => "/settings/saved-replies",
      get opener() {
        return `Edit: old${keys}`;
      },
      label: "Text",
      key: "text",
    },
    "a segment's name": {
      make: made(api, "/segments", { name: "Old", condition: holds("Ada") }),
      page: (resource) => `/contacts?segment=${resource.split("/").at(-1)}`,
      opener: "More about the segment Old",
      item: "Rename",
      label: "Name of the segment",
      key: "name",
    },
    "a segment's condition": {
      make: async () => {
        keys += 1;
        return await made(api, "/segments", { name: `Held ${keys}`, condition: holds("Old") })();
      },
      page: (resource) => `/contacts?segment=${resource.split("/").at(-1)}`,
      opener: "Filter",
      label: "Value",
      key: "condition",
      read: ({ condition }) => condition.rules[0].value,
      write: (value) => ({ condition: holds(value) }),
      saves: "Save the change",
      settle: async (page, value) =>
        await page.waitForURL((url) => (url.searchParams.get("where") ?? "").includes(value)),
    },
    "one's own name": {
      make: async () => "/auth/profile",
      page: () => "/account",
      label: "Your name",
      key: "name",
      readAt: "/auth/session",
      read: ({ user }) => user.name,
      told: /changed on another device/,
      only: true,
    },
    "a contact's field": {
      make: async () => {
        await api("POST", "/fields", { name: "Goal", key: "goal", kind: "text" }).catch(() => undefined);
        const contact = await made(api, "/contacts", { bot: "demo", firstName: "Fay" })();
        await api("PATCH", contact, { fields: { goal: "Old" } });
        return contact;
      },
      page: (resource) => resource,
      label: "Goal",
      key: "goal",
      read: ({ fields }) => fields.goal,
      write: (value) => ({ fields: { goal: value } }),
    },
    "a broadcast's version": {
      make: made(api, "/broadcasts", {
        bot: "demo",
        name: "Split",
        audience: { all: true },
        split: { variants: ["A", "Old"].map((name) => ({ name, share: 10, content: "Hello" })) },
      }),
      page: (resource) => resource,
      label: "Name",
      key: "split",
      read: ({ split }) => split.variants[1].name,
      write: (name, { split: { variants } }) => ({
        split: { variants: ["A", name].map((one, at) => ({ name: one, share: 10, actions: variants[at].actions })) },
      }),
      revised: true,
    },
    "an entry link": {
      make: made(api, "/entry-links", { bot: "demo", name: "Old" }, "ref"),
      page: (resource) => resource,
      label: "Name",
      key: "name",
    },
    "a channel": {
      make: async () => "/channels/1",
      page: (resource) => `/settings${resource}`,
      label: "Name",
      key: "name",
      only: true,
    },
    "the workspace": {
      make: async () => "/workspace",
      page: () => "/settings/workspace",
      label: "Name",
      key: "name",
      only: true,
    },
    "a contact's profile": {
      make: made(api, "/contacts", { bot: "demo", firstName: "Old" }),
      page: (resource) => resource,
      label: "First name",
      key: "firstName",
    },
    "a broadcast's draft": {
      make: made(api, "/broadcasts", {
        bot: "demo",
        name: "Old",
        audience: { all: true },
        actions: [{ action: "send_message", args: { content: { text: "Hello" } } }],
      }),
      page: (resource) => resource,
      label: "Name",
      key: "name",
      revised: true,
    },
    "a sequence": {
      make: made(api, "/sequences", { bot: "demo", name: "Old" }, "ref"),
      page: (resource) => resource,
      label: "Name",
      key: "name",
      revised: true,
    },
  };
}
