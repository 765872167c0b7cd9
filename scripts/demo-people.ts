import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { openDatabase } from "../src/store/database.ts";
import { countOverview } from "../src/store/overview-mark-store.ts";

/** Calls the native API of the server at `url`; the body of a good answer. */
export type CallApi = <Answer>(method: "GET" | "POST" | "PATCH", path: string, body?: object) => Promise<Answer>;

export function apiAt(url: string, token: string): CallApi {
  return async <Answer>(method: string, path: string, body?: object) =>
    await ask<Answer>(`${url}/api/v1${path}`, { method, token, body });
}

async function ask<Answer>(
  url: string,
  { method, token, body }: { readonly method: string; readonly token?: string; readonly body?: object | undefined },
): Promise<Answer> {
  const headers = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (response.ok) return (text === "" ? null : JSON.parse(text)) as Answer;
  throw new Error(`${method} ${url}: ${response.status} ${text}`);
}

const firstNames =
  "Ada Grace Linus Margaret Alan Barbara Dennis Radia Ken Hedy Edsger Sophie Tim Katherine Niklaus Frances Guido Jean Brian Adele Vint Joan Donald Evelyn Leslie Anita".split(
    " ",
  );
const lastNames =
  "Lindqvist Moreau Okafor Petrov Tanaka Novak Rossi Schmidt Andersen Costa Murphy Kowalska Haddad Silva Weber Jansen".split(
    " ",
  );
const nameOf = (index: number) =>
  `${firstNames[index % firstNames.length]} ${lastNames[(index * 7 + 3) % lastNames.length]}`;
const goals = ["A sales funnel", "A help desk", "A newsletter"];
const questions = [
  "Can I pay in two parts?",
  "Is there a course in the evening?",
  "Do you have a discount for students?",
  "How do I change my plan?",
  "Thank you, that was quick!",
];

/** So many people come. */
const people = 64;

/** A person opens the web chat and goes as far as some do: not everybody answers. */
async function talk(url: string, index: number): Promise<void> {
  const { token } = await ask<{ token: string }>(`${url}/webchat/demo/session`, { method: "POST", body: {} });
  let said = 0;
  const act = async (what: object) => {
    said += 1;
    const body = { token, act: { id: `${index}-${said}`, ...what } };
    await ask(`${url}/webchat/demo/messages`, { method: "POST", body });
  };
  const data = { e: `${nameOf(index).toLowerCase().replace(" ", ".")}@example.com`, v: { course: "Chess" } };
  const payload = Buffer.from(JSON.stringify(data)).toString("base64url");
  await act(index % 4 === 0 ? { kind: "start", payload } : { kind: "start" });
  if (index % 5 === 4) return;
  await act({ kind: "text", text: goals[index % 3] });
  if (index % 7 === 6) return;
  await act({ kind: "text", text: data.e });
  if (index % 3 === 0) await act({ kind: "text", text: questions[index % questions.length] });
}

interface Contact {
  readonly id: number;
}

/** A workspace as it looks after some weeks: people who talked, a broadcast, a sales plan with deals. */
export async function makePeople(url: string, call: CallApi): Promise<void> {
  for (let index = 0; index < people; index += 1) await talk(url, index);
  const { data: contacts } = await call<{ data: Contact[] }>("GET", "/contacts?limit=200");
  for (const [index, { id }] of contacts.entries()) {
    await call("PATCH", `/contacts/${id}`, {
      name: nameOf(index),
      phone: `+4420794600${String(10 + index).slice(-2)}`,
    });
    const actions = [
      { action: "add_tag", args: { tag: index % 3 === 0 ? "vip" : "lead" } },
      ...(index % 4 === 1 ? [{ action: "add_label", args: { label: "call back" } }] : []),
      ...(index % 9 === 5 ? [{ action: "opt_out", args: {} }] : []),
      ...(index % 31 === 29 ? [{ action: "ban", args: {} }] : []),
    ];
    await call("POST", `/contacts/${id}/actions`, { actions });
  }
  await makeDeals(call, contacts);
  const broadcast = { bot: "demo", name: "Autumn courses", audience: { all: true }, start: true };
  const content =
    "Hello {{ contact.first_name | default: 'there' }}! The autumn courses are open: 20 % off until Sunday.";
  await call("POST", "/broadcasts", { ...broadcast, content });
  await call("POST", "/broadcasts", {
    ...broadcast,
    name: "Tip of the week",
    audience: { tags: ["vip"] },
    content: "A tip for you.",
  });
  for (;;) {
    const { data } = await call<{ data: { status: string }[] }>("GET", "/broadcasts");
    if (data.every(({ status }) => status === "finished")) return;
    await sleep(200);
  }
}

const statuses = [
  { name: "New", kind: "open" },
  { name: "In talks", kind: "open" },
  { name: "Offer sent", kind: "open" },
  { name: "Won", kind: "won" },
  { name: "Lost", kind: "lost" },
];
const titles = ["Chess course", "Team training", "Private lessons", "Yearly plan", "Workshop for schools"];

async function makeDeals(call: CallApi, contacts: readonly Contact[]): Promise<void> {
  const plan = { ref: "courses", name: "Courses", currency: "EUR", averageCheck: 24_000, label: "COURSE", statuses };
  const { statuses: made } = await call<{ statuses: { ref: string }[] }>("POST", "/sales-plans", plan);
  for (const [index, { id }] of contacts.slice(0, 15).entries()) {
    const status = made[[0, 1, 2, 0, 3, 1, 0, 2, 1, 3, 0, 4, 1, 3, 2][index] ?? 0]?.ref;
    const deal = { title: titles[index % titles.length], sum: (9 + ((index * 7) % 20)) * 2_500, status };
    await call("POST", "/deals", { contact: id, plan: "courses", ...deal });
  }
}

/**
 * Spreads what was just made over the weeks before now, person by person, and counts it anew. The API makes nothing in the past, and a chart of one day shows nothing. The server is
 * stopped meanwhile.
 */
export async function spreadOverWeeks(directory: string): Promise<void> {
  const { db, close } = await openDatabase({ directory });
  try {
    // In the order in which they came; more came lately than long ago.
    await sql`create temporary table ages as select id as contact_id,
      make_interval(mins => (28 * 1440 * power((max(id) over () - id)::float8 / count(*) over (), 1.4))::int) as age
      from contacts`.execute(db);
    const shift = async (table: string, columns: readonly string[], own = "contact_id") => {
      const set = columns.map((column) => `${column} = r.${column} - a.age`).join(", ");
      await sql.raw(`update ${table} r set ${set} from ages a where a.contact_id = r.${own}`).execute(db);
    };
    await shift("contacts", ["created_at", "last_inbound_at", "opted_out_at", "banned_at"], "id");
    await shift("events", ["occurred_at"]);
    await shift("messages", ["created_at", "sent_at"]);
    await shift("identities", ["created_at"]);
    await shift("deals", ["created_at", "changed_at"]);
    await sql`update broadcasts set started_at = started_at - id * interval '4 days', ended_at = ended_at - id * interval '4 days'`.execute(
      db,
    );
    for (const table of ["day_counts", "flow_walks", "step_metrics"])
      await sql`delete from ${sql.table(table)}`.execute(db);
    await sql`update step_metric_marks set until = null`.execute(db);
    while (await countOverview(db, new Date()));
  } finally {
    await close();
  }
}
