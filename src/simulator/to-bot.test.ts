import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import type { Happening } from "../model/event.ts";
import type { FlowDocument } from "../model/flow.ts";
import type { MessageContent } from "../model/message.ts";
import { botFileSchema, importBot } from "../store/bot-file.ts";
import { parseFlowFile } from "../store/flow-file.ts";
import { findDuePositions } from "../store/timer-store.ts";
import { inventContact } from "./invent-contact.ts";
import { Simulation } from "./simulation.ts";
import { type ReadBot, toSimulatedBot, toVariables } from "./to-bot.ts";

/** What a person does; `press` names a title of the latest messages. */
type Doing = { say: string } | { press: string } | { start: string | undefined } | { wait: number };

interface Play {
  handle(happening: Happening): Promise<readonly MessageContent[]>;
  wait(milliseconds: number): Promise<readonly MessageContent[]>;
}

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

/** What each of the two said to every line. */
async function playBoth(file: object, ref: string, script: readonly Doing[]) {
  const { bot } = await server.database.db.transaction().execute((trx) =>
    importBot(trx, tenant.workspace.id, botFileSchema.parse({ kind: "repartee-bot", name: "Bot", ...file }), {
      at: new Date(server.now()),
      findProblems: () => [],
    }),
  );
  const body = { bot: bot.ref, kind: "webchat", name: "Chat" };
  const channel = (await tenant.call("POST", "/channels", { body })).json().id as number;
  const read = (await tenant.call("GET", `/bots/${bot.ref}/snapshot`)).json() as ReadBot;
  const { draft } = (await tenant.call("GET", `/flows/${ref}`)).json() as { draft: FlowDocument };
  const plays = [playOnServer(channel), playInBrowser(read, { ref, document: draft }, channel)];
  const heard = [];
  for (const play of plays) heard.push(await playScript(play, script));
  return { server: heard[0] ?? [], browser: heard[1] ?? [] };
}

async function playScript(play: Play, script: readonly Doing[]): Promise<(readonly MessageContent[])[]> {
  const heard: (readonly MessageContent[])[] = [];
  for (const doing of script) {
    if ("wait" in doing) heard.push(await play.wait(doing.wait));
    else heard.push(await play.handle(toHappening(doing, heard.flat())));
  }
  return heard;
}

function toHappening(doing: Exclude<Doing, { wait: number }>, said: readonly MessageContent[]): Happening {
  if ("say" in doing) return { kind: "message", message: { text: doing.say, attachments: [] } };
  if ("start" in doing) return { kind: "start", payload: doing.start };
  const choices = said.flatMap(({ buttons, quickReplies }) => [
    ...quickReplies,
    ...buttons.filter((button) => button.type === "press"),
  ]);
  const { payload, title } = choices.findLast((choice) => choice.title === doing.press) ?? {};
  if (payload === undefined) throw new Error(`nothing to press is called "${doing.press}"`);
  return { kind: "button", payload, title };
}

function playOnServer(channelId: number): Play {
  const { db } = server.database;
  let seen = 0;
  let count = 0;
  let contactId: number | undefined;
  const fresh = async () => {
    const rows = await db
      .selectFrom("messages")
      .select(["id", "content"])
      .where("channelId", "=", channelId)
      .where("direction", "=", "out")
      .where("id", ">", seen)
      .orderBy("id")
      .execute();
    seen = rows.at(-1)?.id ?? seen;
    return rows.map(({ content }) => content);
  };
  return {
    async handle(happening) {
      count += 1;
      const reply = await server.submit({
        target: { channelId, externalId: "1" },
        happening,
        source: "channel",
        dedupeKey: `${channelId} ${count}`,
      });
      contactId ??= reply.contactId;
      return await fresh();
    },
    async wait(milliseconds) {
      server.pass(milliseconds);
      for (const { id } of await findDuePositions(db, server.now(), 100)) {
        await server.submit({
          target: { contactId: contactId ?? 0 },
          happening: { kind: "timer", positionId: id },
          source: "timer",
        });
      }
      return await fresh();
    },
  };
}

function playInBrowser(read: ReadBot, draft: { ref: string; document: FlowDocument }, channelId: number): Play {
  const channel = { id: channelId, kind: "webchat" };
  const at = server.now();
  const simulation = new Simulation({
    bot: toSimulatedBot(read, draft, channel),
    contact: inventContact({ botId: read.id, channelId, channelKind: "webchat", at }),
    variables: toVariables(read),
    channelId,
    isNew: true,
    at,
    seed: 1,
    answerJob: async () => undefined,
  });
  const said = async (turns: ReturnType<Simulation["handle"]>) =>
    (await turns).flatMap(({ messages }) => messages.map(({ content }) => content));
  return {
    handle: async (happening) => await said(simulation.handle(happening)),
    wait: async (milliseconds) => await said(simulation.jump(milliseconds)),
  };
}

const withoutAbsent = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe("the simulator of the builder", () => {
  it("says in the demo flow, word for word, what the server says", async () => {
    const { document } = parseFlowFile(
      readFileSync(new URL("../../demo/bot/flows/demo.yaml", import.meta.url), "utf8"),
    );
    const file = {
      ref: "demo",
      tags: ["came by link", "lead"],
      labels: ["call back"],
      fields: [
        { key: "goal", name: "Goal", kind: "text" },
        { key: "course", name: "Course", kind: "text" },
      ],
      sequences: [{ ref: "tips", name: "Tips" }],
      entryLinks: [
        { ref: "chess", name: "Chess", payload: "chess", flow: "demo", data: { variables: { course: "Chess" } } },
      ],
      flows: [{ ref: "demo", ...document }],
    };
    const heard = await playBoth(file, "demo", [
      { start: "chess" },
      { press: "A help desk" },
      { say: "not an address" },
      { say: "ada@example.com" },
      { wait: 3_000 },
      { press: "Call me back" },
      { say: "restart" },
      { wait: 2 * 86_400_000 },
      { say: "what?" },
      { say: "restart" },
      { say: "no" },
      { say: "nor that" },
      { wait: 10_000 },
    ]);
    expect(heard.server.filter((said) => said.length > 0).length).toBeGreaterThan(8);
    expect(withoutAbsent(heard.browser)).toEqual(withoutAbsent(heard.server));
  });

  it("starts the bot's other flows as they are published, and its own as it is drawn", async () => {
    const message = (text: string) => ({ ref: "a", kind: "message", config: { messages: [{ text }] } });
    const goTo = { ref: "b", kind: "go_to", config: { flow: "other" } };
    const file = {
      ref: "two",
      flows: [
        {
          ref: "mine",
          name: "Mine",
          start: "a",
          triggers: [{ kind: "start" }],
          steps: [message("first {{ bot.name }}"), goTo],
          edges: [{ from: "a", output: "next", to: "b" }],
        },
        { ref: "other", name: "Other", start: "a", steps: [message("then the other")] },
      ],
    };
    const heard = await playBoth(file, "mine", [{ start: undefined }]);
    expect(heard.server.flat().map(({ text }) => text)).toEqual(["first Bot", "then the other"]);
    expect(withoutAbsent(heard.browser)).toEqual(withoutAbsent(heard.server));
  });

  it("goes on from where a real contact stands", async () => {
    const file = {
      ref: "real",
      fields: [{ key: "colour", name: "Colour", kind: "text" }],
      flows: [
        {
          ref: "ask",
          name: "Ask",
          start: "a",
          triggers: [{ kind: "start" }],
          steps: [
            {
              ref: "a",
              kind: "question",
              config: { text: "Colour?", answer: { type: "text" }, saveTo: { field: "colour" } },
            },
            { ref: "b", kind: "message", config: { messages: [{ text: "{{ fields.colour }} it is" }] } },
          ],
          edges: [{ from: "a", output: "answered", to: "b" }],
        },
      ],
    };
    await playBoth(file, "ask", [{ start: undefined }]);
    const { data } = (await tenant.call("GET", "/contacts?bot=real")).json();
    const contact = (await tenant.call("GET", `/contacts/${data[0].id}/snapshot`)).json();
    const read = (await tenant.call("GET", "/bots/real/snapshot")).json() as ReadBot;
    const channelId = contact.identities[0].channelId as number;
    const simulation = new Simulation({
      bot: toSimulatedBot(read, undefined, { id: channelId, kind: "webchat" }),
      contact,
      channelId,
      at: server.now(),
      seed: 1,
      answerJob: async () => undefined,
    });
    const [turn] = await simulation.handle({ kind: "message", message: { text: "Blue", attachments: [] } });
    expect(turn?.messages.map(({ content }) => content.text)).toEqual(["Blue it is"]);
    expect(turn?.passages).toEqual([{ flow: "ask", step: "a", output: "answered" }]);
    expect((await tenant.call("GET", `/contacts/${data[0].id}`)).json().fields).toEqual({});
  });

  it("shows no other workspace's bot and contact", async () => {
    const other = await aTenant(server);
    const { data } = (await tenant.call("GET", "/contacts")).json();
    expect((await other.call("GET", `/contacts/${data[0].id}/snapshot`)).statusCode).toBe(404);
    expect((await other.call("GET", "/bots/real/snapshot")).statusCode).toBe(404);
    const token = await tenant.mintToken({ scopes: ["flows:read"] });
    expect((await tenant.call("GET", "/bots/real/snapshot", { token })).statusCode).toBe(403);
  });
});
