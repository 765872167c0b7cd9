import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { drivers } from "../../../test/one-flow-drivers.ts";
import { until } from "../../../test/until.ts";
import { findFlowProblems } from "../../app/find-flow-problems.ts";
import { channelTypes } from "../../channels/index.ts";
import { botFileSchema, importBot } from "../../store/bot-file.ts";
import { findWorkspace } from "../../store/workspace-store.ts";
import type { EntryLinkBody } from "../contract/entry-links.ts";

let server: DemoServer;
beforeAll(async () => {
  server = await demoServer();
});
afterAll(() => server.close());

const says = (ref: string, kind: string, text: string, triggers: object[] = []) => ({
  ref: `${ref}-${kind}`,
  name: ref,
  triggers,
  start: "say",
  steps: [{ ref: "say", kind: "message", config: { messages: [{ text }] } }],
  edges: [],
});

/** A bot with two flows that only links start, and one for everything else. */
async function aBot(kind: string): Promise<string> {
  const { db } = server.database;
  const workspace = (await findWorkspace(db, "demo")) ?? expect.fail("there is no demo workspace");
  const flows = [
    says("poster", kind, "You saw {{ vars.what }} on the poster."),
    says("flyer", kind, "You have the flyer, {{ contact.phone }}."),
    says("other", kind, "Anything else?", [{ kind: "default_reply" }, { kind: "start" }]),
  ];
  const file = botFileSchema.parse({ kind: "repartee-bot", ref: `links-${kind}`, name: kind, flows });
  const { unpublished } = await importBot(db, workspace.id, file, { at: new Date(), findProblems: findFlowProblems });
  expect(unpublished).toEqual([]);
  return `links-${kind}`;
}

const withLinks = Object.entries(drivers).filter(([kind]) => kind !== "email");
const byKind: Readonly<Record<string, RegExp>> = {
  telegram: /^https:\/\/t\.me\/standin_bot\?start=[\w-]+$/,
  messenger: /^https:\/\/m\.me\/\w+\?ref=[\w-]+$/,
  instagram: /^https:\/\/ig\.me\/m\/[\w.]+\?ref=[\w-]+$/,
  viber: /^viber:\/\/pa\?chatURI=standin&context=[\w-]+$/,
  vk: /^https:\/\/vk\.me\/standin\?ref=[\w-]+$/,
  whatsapp: /^https:\/\/wa\.me\/\d+\?text=[\w-]+$/,
  webchat: /\/chat\/links-webchat\?start=[\w-]+$/,
};

describe("an entry link", () => {
  it("is there for every kind of channel but mail, which has none", () => {
    const kinds = Object.entries(channelTypes).filter(([, { capabilities }]) => "entryPayload" in capabilities);
    expect(kinds.map(([kind]) => kind).sort()).toEqual(Object.keys(byKind).sort());
    expect(withLinks.map(([kind]) => kind).sort()).toEqual(Object.keys(byKind).sort());
  });

  it.each(withLinks)("on %s counts in a new chat and in one that is there", async (kind, startDriver) => {
    const bot = await aBot(kind);
    const person = await startDriver(server, bot);
    onTestFinished(() => person.close());
    const sees = (text: string) => until(`"${text}" on ${kind}`, () => person.screen().includes(text));
    const linkTo = async (flow: string, more: object) => {
      const link = await server.call<EntryLinkBody>("POST", "/entry-links", {
        bot,
        name: flow,
        flow: `${flow}-${kind}`,
        ...more,
      });
      const [made, ...others] = link.links;
      expect(others).toEqual([]);
      expect(made?.kind).toBe(kind);
      expect(made?.url).toMatch(byKind[kind] ?? /never/);
      expect(made?.qrSvg.startsWith("<svg")).toBe(true);
      return made?.url ?? "";
    };
    await person.open?.(await linkTo("poster", { stored: { variables: { what: "a chess set" } } }), false);
    await sees("You saw a chess set on the poster.");
    await person.say("What now?");
    await sees("Anything else?");
    await person.open?.(await linkTo("flyer", { data: { phone: "+79161234567" } }), true);
    await sees("You have the flyer, +79161234567.");
  });

  it.each(
    Object.entries(channelTypes).flatMap(([kind, { capabilities }]) =>
      "entryPayload" in capabilities ? [[kind, capabilities.entryPayload] as const] : [],
    ),
  )("on %s is no longer and no stranger than the messenger takes", async (kind, capacity) => {
    const bot = `links-${kind}`;
    const make = (key: string) => server.call<EntryLinkBody>("POST", "/entry-links", { bot, name: "long", key });
    const most = Math.min(capacity?.maxLength ?? 0, 1000);
    expect((await make("k".repeat(most))).links[0]?.url).toContain("k".repeat(most));
    if (most < 1000) await expect(make("k".repeat(most + 1))).rejects.toThrow("entry_link.too_long");
    await expect(make("with space")).rejects.toThrow("entry_link.bad_characters");
    await expect(make("ключ")).rejects.toThrow("entry_link.bad_characters");
  });
});
