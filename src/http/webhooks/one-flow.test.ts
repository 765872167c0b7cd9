import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { drivers } from "../../../test/one-flow-drivers.ts";
import { until } from "../../../test/until.ts";
import { findFlowProblems } from "../../app/find-flow-problems.ts";
import { channelTypes } from "../../channels/index.ts";
import { botFileSchema, importBot } from "../../store/bot-file.ts";
import { findWorkspace } from "../../store/workspace-store.ts";

/** Asks by buttons, shows a picture, asks in words, keeps the answer and says it. */
const flow = {
  name: "Order",
  triggers: [{ kind: "start" as const }, { kind: "default_reply" as const }],
  start: "hello",
  steps: [
    {
      ref: "hello",
      kind: "message",
      config: {
        messages: [
          {
            text: "Shall I put a chess set aside for you?",
            attachments: [{ kind: "image", url: "https://files.example/chess.png" }],
            buttons: [
              { id: "yes", title: "Yes, please" },
              { id: "no", title: "No" },
            ],
          },
        ],
      },
    },
    { ref: "no", kind: "message", config: { messages: [{ text: "Another time, then." }] } },
    {
      ref: "ask",
      kind: "question",
      config: { text: "For which name?", answer: { type: "text" }, saveTo: { variable: "who" } },
    },
    { ref: "done", kind: "message", config: { messages: [{ text: "It is kept for {{ vars.who }}." }] } },
  ],
  edges: [
    { from: "hello", output: "button:yes", to: "ask" },
    { from: "hello", output: "button:no", to: "no" },
    { from: "ask", output: "answered", to: "done" },
  ],
};

let server: DemoServer;
beforeAll(async () => {
  server = await demoServer();
});
afterAll(() => server.close());

async function aBot(kind: string): Promise<string> {
  const { db } = server.database;
  const workspace = (await findWorkspace(db, "demo")) ?? expect.fail("there is no demo workspace");
  const file = botFileSchema.parse({
    kind: "repartee-bot",
    ref: `on-${kind}`,
    name: kind,
    flows: [{ ...flow, ref: `order-${kind}` }],
  });
  const { unpublished } = await importBot(db, workspace.id, file, { at: new Date(), findProblems: findFlowProblems });
  expect(unpublished).toEqual([]);
  return `on-${kind}`;
}

describe("one flow, unchanged", () => {
  it("is tried on every kind of channel that there is", () => {
    expect(Object.keys(drivers).sort()).toEqual(Object.keys(channelTypes).sort());
  });

  it.each(Object.entries(drivers))("sells on %s: a start, a press, an answer", async (kind, startDriver) => {
    const person = await startDriver(server, await aBot(kind));
    onTestFinished(() => person.close());
    const sees = (text: string) => until(`"${text}" on ${kind}`, () => person.screen().includes(text));
    await person.start();
    await sees("Shall I put a chess set aside for you?");
    await sees("https://files.example/chess.png");
    await person.press("Yes, please");
    await sees("For which name?");
    await person.say("Ada");
    await sees("It is kept for Ada.");
    expect(person.screen()).not.toContain("Another time");
  });
});
