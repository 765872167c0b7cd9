import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { email } from "../src/channels/email/email.channel.ts";
import { jobKinds } from "../src/shell/jobs/index.ts";
import { createChannel } from "../src/store/channel-store.ts";
import { createIntegration } from "../src/store/integration-store.ts";
import { addMember } from "../src/store/member-store.ts";
import { sealSecrets } from "../src/store/secret-box.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { aReceiver, type Receiver } from "./receiver.ts";
import { aShop, contactOf, type Shop, type TestShell, testShell } from "./shell.ts";
import { type AmocrmStandIn, longLivedToken, startAmocrmStandIn } from "./stand-ins/amocrm.ts";
import { testCertificate } from "./stand-ins/certificate.ts";
import { type SmtpStandIn, startSmtpStandIn } from "./stand-ins/smtp.ts";
import { until } from "./until.ts";

/** One flow with everything that Leeloo's red block does (requirements/001), against real servers on loopback. */
const login = { user: "bot@shop.example", password: "a-password-of-ours" };
const secretKey = randomBytes(32);
let database: TestDatabase;
let shell: TestShell;
let smtp: SmtpStandIn;
let amocrm: AmocrmStandIn;
let receiver: Receiver;
beforeAll(async () => {
  database = await testDatabase();
  smtp = await startSmtpStandIn(login);
  receiver = await aReceiver();
  shell = await testShell(database, { jobKinds, secretKey, channelTypes: { email } });
  amocrm = await startAmocrmStandIn({ now: shell.clock.now });
});
afterAll(async () => {
  await receiver.close();
  await amocrm.close();
  await shell.stop();
  await smtp.close();
  await database.close();
});

const message = (text: string) => ({ messages: [{ text }] });
const agent = "olga@school.example";

const flows = [
  {
    ref: "red",
    name: "Red block",
    triggers: [{ kind: "keyword" as const, words: ["buy"] }],
    start: "ask",
    steps: [
      {
        ref: "ask",
        kind: "question",
        config: { text: "Your e-mail?", answer: { type: "email" }, saveTo: { profile: "email" } },
      },
      // Drawn first, and still run after the actions beside it.
      { ref: "said", kind: "message", config: message("{{ contact.tags | join: ', ' }}; level {{ fields.level }}") },
      {
        ref: "block",
        kind: "action",
        config: {
          actions: [
            { action: "stop_flow", args: { flow: "course", step: "two" } },
            { action: "start_flow", args: { flow: "club", step: "inside" } },
            { action: "add_tag", args: { tag: "buyer" } },
            { action: "add_tag", args: { tag: "May" } },
            { action: "remove_tag", args: { tag: "lead" } },
            { action: "set_field", args: { field: "level", value: "b2" } },
            {
              action: "send_deal_to_amocrm",
              args: { name: "Course of {{ contact.email }}", price: "990", pipeline: 3101 },
            },
            { action: "send_contact_to_amocrm", args: {} },
            { action: "mention_agent", args: { agent, comment: "{{ contact.email }} has bought" } },
            { action: "create_email_subscriber", args: { flow: "lessons", link: "letters" } },
            { action: "mark_read", args: {} },
            { action: "mark_unread", args: {} },
            {
              action: "send_email",
              args: { subject: "Your order", text: "Thank you, {{ contact.email }}!", createSubscriber: true },
            },
            { action: "add_to_sales_plan", args: { plan: "course", sum: "990" } },
            { action: "change_deal_status", args: { plan: "course", status: "talk" } },
            { action: "send_to_getcourse", args: { groups: ["May"] } },
          ],
        },
      },
      {
        ref: "request",
        kind: "request",
        config: {
          method: "PUT",
          url: "RECEIVER/crm",
          query: [{ name: "id", value: "{{ contact.cuid }}" }],
          headers: [{ name: "X-Name", value: "{{ contact.first_name | default: 'friend' }}" }],
          body: { type: "json", text: '{"mail": "{{ contact.email }}"}' },
          save: [{ path: "$.seat", field: "seat" }],
        },
      },
      { ref: "seat", kind: "message", config: message("Seat {{ fields.seat }}") },
      {
        ref: "out",
        kind: "action",
        config: { actions: [{ action: "remove_from_sales_plan", args: { plan: "course" } }] },
      },
    ],
    edges: [
      { from: "ask", output: "answered", to: "said" },
      { from: "ask", output: "answered", to: "block" },
      { from: "block", output: "next", to: "request" },
      { from: "request", output: "success", to: "seat" },
      { from: "seat", output: "next", to: "out" },
    ],
  },
  {
    ref: "course",
    name: "Course",
    triggers: [{ kind: "keyword" as const, words: ["course"] }],
    start: "one",
    steps: [
      { ref: "one", kind: "message", config: message("Lesson one") },
      { ref: "two", kind: "delay", config: { mode: "duration", amount: 1, unit: "days" } },
      { ref: "three", kind: "message", config: message("Lesson two") },
    ],
    edges: [
      { from: "one", output: "next", to: "two" },
      { from: "two", output: "next", to: "three" },
    ],
  },
  {
    ref: "club",
    name: "Club",
    start: "door",
    steps: [
      { ref: "door", kind: "message", config: message("Knock") },
      { ref: "inside", kind: "message", config: message("Welcome inside") },
    ],
    edges: [{ from: "door", output: "next", to: "inside" }],
  },
  {
    ref: "lessons",
    name: "Lessons by mail",
    start: "first",
    steps: [{ ref: "first", kind: "message", config: { messages: [{ subject: "Lesson", text: "By mail" }] } }],
    edges: [],
  },
];

async function aSchool(): Promise<Shop> {
  const text = JSON.stringify(flows).replaceAll("RECEIVER", receiver.url);
  const shop = await aShop(shell, {
    fields: [
      { key: "level", name: "Level", kind: "text" },
      { key: "seat", name: "Seat", kind: "number" },
    ],
    tags: ["lead"],
    flows: JSON.parse(text),
    entryLinks: [{ ref: "letters", name: "Letters", payload: "letters" }],
    salesPlans: [
      {
        ref: "course",
        name: "Course",
        currency: "EUR",
        statuses: [
          { ref: "new", name: "New", kind: "open" },
          { ref: "talk", name: "In talks", kind: "open" },
          { ref: "paid", name: "Paid", kind: "won" },
        ],
      },
    ],
  });
  const { db } = database;
  const { botId, workspaceId } = shop;
  await addMember(db, workspaceId, { email: agent, name: "Olga", role: "agent" });
  const settings = {
    host: "127.0.0.1",
    port: smtp.port,
    user: login.user,
    fromAddress: login.user,
    authority: testCertificate,
  };
  await createChannel(
    db,
    { id: botId, workspaceId },
    {
      kind: "email",
      name: "Mail",
      settings: { ...settings, linkBase: "https://bots.example/e" },
      sealedSecrets: sealSecrets(
        { password: login.password, linkSecret: "a-secret-for-links", webhookSecret: "a-webhook-secret" },
        secretKey,
      ),
      status: "connected",
    },
  );
  for (const [kind, address, secrets] of [
    ["amocrm", amocrm.url, { accessToken: longLivedToken }],
    ["getcourse", receiver.url, { key: "k3y-of-the-school" }],
  ] as const) {
    const sealedSecrets = sealSecrets(secrets, secretKey);
    await createIntegration(db, workspaceId, {
      kind,
      name: kind,
      settings: { account: address },
      sealedSecrets,
      active: true,
    });
  }
  receiver.answer("/crm", (_call, response) => response.end(JSON.stringify({ seat: 7 })));
  receiver.answer("/pl/api/users", (_call, response) =>
    response.end(JSON.stringify({ success: true, result: { success: true } })),
  );
  return shop;
}

describe("the red block of requirements/001", () => {
  it("does each of its lines in one flow, from the chat to the mailbox, amoCRM, GetCourse and another system", async () => {
    const shop = await aSchool();
    const { db } = database;
    const say = (text: string) => shell.shell.submit(shop.from("ann", text));
    const ann = contactOf(await say("course"));
    await shell.shell.submit({
      target: { contactId: ann },
      happening: { kind: "actions", actions: [{ action: "add_tag", args: { tag: "lead" } }] },
      source: "api",
    });
    await say("buy");
    await say("ann@example.com");
    const texts = () => shell.platform.delivered();
    await until("the flow has come to its end", () => texts().includes("Seat 7"), { withinMs: 30_000 });
    await until("all mails are out", () => smtp.taken.length === 2, { withinMs: 30_000 });
    await until("amoCRM has the deal", () => amocrm.deals.size === 1 && amocrm.contacts.size === 1, {
      withinMs: 30_000,
    });
    await until("GetCourse has the user", () => receiver.at("/pl/api/users").length === 1, { withinMs: 30_000 });

    // Actions before messages, whatever was drawn first; the club's step without its door; no lesson two.
    expect(texts()).toEqual(["Lesson one", "Your e-mail?", "buyer, May; level b2", "Welcome inside", "Seat 7"]);
    const events = await db.selectFrom("events").select("facts").where("contactId", "=", ann).orderBy("id").execute();
    const facts = events.flatMap((event) => event.facts);
    const kinds = facts.map(({ kind }) => kind);
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: "position_ended", flow: "course", reason: "stopped" }),
    );
    expect(facts).toContainEqual(expect.objectContaining({ kind: "flow_started", flow: "club", step: "inside" }));
    // The mail subscriber's entry is recorded; the flow that was started is no entry.
    expect(facts.filter(({ kind }) => kind === "entry")).toEqual([
      { kind: "entry", payload: "letters", link: "letters" },
    ]);
    expect(kinds).toEqual(
      expect.arrayContaining(["agent_mentioned", "marked_unread", "deal_created", "deal_changed", "deal_removed"]),
    );
    expect(facts.filter(({ kind }) => kind === "error")).toEqual([]);
    const mails = smtp.taken.map(({ to, mail }) => [to, mail.subject, mail.text?.split("\n")[0]]);
    expect(mails.sort()).toEqual([
      [["ann@example.com"], "Lesson", "By mail"],
      [["ann@example.com"], "Your order", "Thank you, ann@example.com!"],
    ]);
    expect([...amocrm.deals.values()]).toMatchObject([{ name: "Course of ann@example.com", price: 990 }]);
    const [crm] = receiver.at("/crm");
    expect([crm?.method, crm?.headers["x-name"], crm?.body]).toEqual(["PUT", "friend", '{"mail":"ann@example.com"}']);
    const calls = await db
      .selectFrom("integrationLog")
      .select(["integration", "ok"])
      .where("contactId", "=", ann)
      .execute();
    expect(calls.every(({ ok }) => ok)).toBe(true);
    expect(new Set(calls.map(({ integration }) => integration))).toEqual(new Set(["amocrm", "getcourse", "request"]));
    shell.clock.pass(2 * 86_400_000);
    await say("hello");
    expect(texts()).not.toContain("Lesson two");
  });
});
