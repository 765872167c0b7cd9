import type { Comparison, ConditionGroup } from "../src/model/condition.ts";
import { conditions } from "./measure-segments.ts";
import type { SeedScope } from "./seed-admin.ts";

/** A request as the admin makes it. */
export interface AdminCall {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** Below `/api/v1`, or `/auth/…`. */
  readonly path: string;
  readonly body?: object;
}

/** Streams, files that a person waits for, and what asks another system. */
const leftOut =
  /\/live$|\.csv$|\/health$|\/lookups\/|\/templates$|\/imports\/\{id\}\/preview$|\/contacts\/\{id\}\/data$|\/contacts\/\{id\}\/merge-preview$|\/custom-events\/\{id\}/;

/** What the admin's pages ask these with. */
const asked: Readonly<Record<string, string>> = {
  "/flows/{ref}/funnel": "?steps=hello,goal",
  // In parts, and shows how far it is.
  "/broadcasts/{id}/report": "?recipients=5000",
};

/** Every GET of the API's document, of things that are there. What cannot be filled in fails, so that a new one is not forgotten. */
export function getCalls(paths: Readonly<Record<string, object>>, ids: Readonly<Record<string, string>>): AdminCall[] {
  return Object.entries(paths).flatMap(([template, operations]) => {
    if (!("get" in operations) || leftOut.test(template)) return [];
    const below = template.replace("/api/v1", "");
    const [, resource = ""] = below.split("/");
    const path = below.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const id = ids[`${resource}.${name}`];
      if (id === undefined) throw new Error(`nothing is known for {${name}} of ${template}`);
      return id;
    });
    return [
      {
        name: `GET ${below}`,
        method: "GET" as const,
        path: `${path}${asked[below] ?? ""}`,
      },
    ];
  });
}

/** What the admin's pages ask with: searches, filters, orders, tabs. */
export function adminCalls({ memberId, channelId, plan }: SeedScope, contact: number): AdminCall[] {
  const get = (path: string): AdminCall => ({ name: `GET ${decodeURIComponent(path)}`, method: "GET", path });
  const search = (name: string, body: object): AdminCall => ({
    name: `search: ${name}`,
    method: "POST",
    path: "/contacts/search",
    body: { limit: 50, ...body },
  });
  const all = (rules: ConditionGroup["rules"]): ConditionGroup => ({ match: "all", rules });
  const words = [
    "anna",
    "анна",
    "N77",
    "N777",
    "иван N77",
    "+49301001",
    "0100077",
    "nobody at all",
    "user_10",
    "p77@",
    "ан",
    "x",
  ];
  const orders = ["newest", "oldest", "name"];
  const tabs = [
    "",
    `agent=${memberId}&status=open&status=pending`,
    "agent=none&status=open&status=pending",
    "unread=true&status=open&status=pending&status=done",
    "mentioned=true",
    "status=done",
  ];
  return [
    ...orders.map((order) => search(`everybody, by ${order}`, { order })),
    ...words.flatMap((q) => orders.map((order) => search(`"${q}", by ${order}`, { q, order }))),
    ...Object.entries({ ...conditions, ...harder }).flatMap(([name, rules]) =>
      orders.map((order) => search(`${name}, by ${order}`, { condition: all(rules), order })),
    ),
    ...["anna", "N777", "nobody at all"].map((q) => search(`"${q}" of a segment`, { q, segment: 1 })),
    ...tabs.flatMap((tab) => [
      get(`/inbox?${tab}&limit=30`),
      ...["anna", "refund", "nobody at all", "+49301001", "возврат 777"].map((q) =>
        get(`/inbox?${tab}&limit=30&q=${encodeURIComponent(q)}`),
      ),
    ]),
    get(`/inbox?channel=${channelId}&limit=30`),
    get("/inbox?label=label1&limit=30"),
    get("/inbox?label=label40&limit=30"),
    get("/contacts?limit=1"),
    get("/contacts?limit=20&q=anna"),
    get("/contacts?limit=20&q=nobody"),
    get("/contacts?limit=20&tag=tag200"),
    get("/conversations?limit=10"),
    get("/messages?status=failed&status=uncertain"),
    get("/messages?status=uncertain"),
    get("/orders?status=paid"),
    get("/orders?status=refunded"),
    get(`/orders?contact=${contact}&limit=20`),
    get("/orders?createdFrom=2020-01-01T00:00:00Z&createdTo=2020-02-01T00:00:00Z"),
    get("/products?q=Product%2077"),
    get("/products?q=nothing"),
    ...["new", "won", "lost"].flatMap((status) => [
      get(`/deals?plan=${plan}&status=${status}&limit=50`),
      get(`/deals?plan=${plan}&status=${status}&manager=${memberId}&limit=50`),
      get(`/deals?plan=${plan}&status=${status}&manager=none&limit=50`),
    ]),
    get(`/deals?contact=${contact}&limit=100`),
    get(`/sales-plans/${plan}/sums?manager=${memberId}`),
    get("/webhooks/1/deliveries?status=dead"),
    get("/webhooks/1/deliveries?status=waiting"),
    get("/integration-log?ok=false"),
    get("/integration-log?integration=action_link"),
    get("/integration-log?integration=nothing"),
    get("/integration-log?integrationId=1"),
    get(`/integration-log?contact=${contact}`),
    get("/integration-log?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z"),
    get(`/audit-log?member=${memberId}`),
    get("/audit-log?member=999"),
    get("/audit-log?kind=flow"),
    get("/audit-log?operation=deleteBot"),
    get("/audit-log?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z"),
    get("/broadcasts/20/recipients?status=failed"),
    get("/broadcasts/20/recipients?status=waiting"),
    get("/sequences/course/subscribers?step=first"),
    get("/flows/demo/step-numbers?days=90"),
    get("/auth/session"),
    get("/auth/devices"),
  ];
}

const rule = (
  subject: Comparison["subject"],
  key: string,
  operator: string,
  value?: Comparison["value"],
): Comparison => ({
  subject,
  key,
  operator,
  ...(value === undefined ? {} : { value }),
});
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** What was slow once, or goes to the engine. */
const harder: Readonly<Record<string, ConditionGroup["rules"]>> = {
  "opted out": [rule("opted_out", "", "is_true")],
  "a tag of 0.5 %": [rule("tag", "tag200", "has")],
  "a tag that nobody has": [rule("tag", "tag999", "has")],
  "a label": [rule("label", "label1", "has")],
  "a label that nobody has": [rule("label", "label40", "has")],
  "a text field is, of nobody": [rule("field", "field6", "is", "value 999")],
  "a number of few": [rule("field", "field2", "is", 77)],
  "a pattern of a field": [rule("field", "field6", "matches", "^value 1\\d$")],
  "a pattern that fits nobody": [rule("field", "field6", "matches", "^nothing$")],
  "a pattern of a name": [rule("profile", "name", "matches", "N77$")],
  "one of three": [
    {
      match: "any",
      rules: [
        rule("tag", "tag150", "has"),
        rule("field", "field2", "is", 77),
        rule("profile", "email", "is", "p77@example.org"),
      ],
    },
  ],
  "one of two that nobody has": [
    { match: "any", rules: [rule("tag", "tag999", "has"), rule("field", "field6", "is", "value 999")] },
  ],
  "made in the last 3 days": [rule("created_at", "", "within_last_days", 3)],
  "made before long": [rule("created_at", "", "before", ago(830))],
  "wrote before long": [rule("last_inbound_at", "", "before", ago(374))],
  "wrote before a day": [rule("last_inbound_at", "", "before", ago(374).slice(0, 10))],
  "never wrote": [rule("last_inbound_at", "", "is_not_set")],
  "in a sequence": [rule("sequence", "course", "has")],
  "in a sales plan": [rule("sales_plan", "Sales", "has")],
  "a name is": [rule("profile", "name", "is", "Анна N77")],
  "a name begins": [rule("profile", "lastName", "starts_with", "N99")],
  "a phone begins": [rule("profile", "phone", "starts_with", "+493010000")],
};
