import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Happening } from "../../../src/model/event.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { templateWords as english } from "./en-templates.ts";
import { templateWords as russian } from "./ru-templates.ts";
import { flowTemplates, type TemplateKey } from "./templates.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

/** What the person does first, and what the bot then has said altogether. */
const openings: {
  readonly [K in TemplateKey]: (words: typeof english, flow: string) => { doing: Happening[]; said: string[] };
} = {
  welcome: ({ welcome: w }, flow) => ({
    doing: [{ kind: "start" }, press(flow, "hello", "learn")],
    said: [w.hello.replace(/\{\{.*default: "(.*)" \}\}/, "$1"), w.learnText],
  }),
  quiz: ({ quiz: w }) => ({
    doing: [say(w.word), say("6"), say(w.secondRight)],
    said: [w.first, w.second, w.result],
  }),
  lead: ({ lead: w }) => ({
    doing: [say(w.word), say("Ada"), say("no"), say("ada@example.com")],
    said: [w.name, w.email.replace("{{ contact.name }}", "Ada"), w.emailAgain, w.phone],
  }),
  webinar: ({ webinar: w }, flow) => ({
    doing: [say(w.word), press(flow, "invite", "yes")],
    said: [w.invite, w.booked],
  }),
  order: ({ order: w }) => ({ doing: [say(w.word), say("x")], said: [w.number, w.numberAgain] }),
  support: ({ support: w }, flow) => ({
    doing: [say(w.word), press(flow, "menu", "person"), say("It broke")],
    said: [w.menu, w.personText, w.thanks],
  }),
};

const say = (text: string): Happening => ({ kind: "message", message: { text, attachments: [] } });
const press = (flow: string, step: string, button: string): Happening => ({
  kind: "button",
  payload: `${flow}:${step}:${button}`,
});

describe("a ready flow", () => {
  const all = [["en", english] as const, ["ru", russian] as const].flatMap(([language, words]) =>
    flowTemplates(words).map((template) => ({ name: `${template.key} in ${language}`, words, language, ...template })),
  );

  it.each(all)("$name is published without a problem and answers", async ({ key, words, language, document }) => {
    const ref = `${language}_${key}`;
    const bot = (await tenant.call("POST", "/bots", { body: { name: ref, ref } })).json();
    await tenant.call("POST", "/flows", { body: { bot: bot.ref, ref, document } });
    const published = await tenant.call("POST", `/flows/${ref}/publish`);
    expect(published.json()).toMatchObject({ version: 1, problems: [] });
    const body = { bot: bot.ref, kind: "webchat", name: "Chat" };
    const channelId = (await tenant.call("POST", "/channels", { body })).json().id as number;
    const { doing, said } = openings[key](words, ref);
    for (const [index, happening] of doing.entries()) {
      const target = { channelId, externalId: "1" };
      await server.submit({ target, happening, source: "channel", dedupeKey: `${ref} ${index}` });
    }
    const rows = await server.database.db
      .selectFrom("messages")
      .select("content")
      .where("channelId", "=", channelId)
      .where("direction", "=", "out")
      .orderBy("id")
      .execute();
    expect(rows.map(({ content }) => content.text)).toEqual(said);
  });
});
