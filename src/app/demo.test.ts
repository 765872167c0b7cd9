import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { runScript } from "../../test/scripts.ts";
import { parseFlowFile } from "../store/flow-file.ts";
import { findWorkspace } from "../store/workspace-store.ts";
import { seedDemo } from "./demo.ts";
import { Player } from "./simulator/play.ts";
import { simulateFlow } from "./simulator/simulate-flow.ts";

describe("the demo workspace", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it("is made once, whoever starts first, in an empty database", async () => {
    const made = await Promise.all([seedDemo(database.db), seedDemo(database.db)]);
    expect(made.toSorted()).toEqual([false, true]);
    expect(await seedDemo(database.db)).toBe(false);
    expect(await findWorkspace(database.db, "demo")).toBeDefined();
    const flows = await database.db.selectFrom("flows").select(["ref", "publishedVersion", "draftRevision"]).execute();
    expect(flows).toEqual([{ ref: "demo", publishedVersion: 1, draftRevision: 1 }]);
  });
});

describe("the demo flow", () => {
  const { document } = parseFlowFile(readFileSync(new URL("../../demo/bot/flows/demo.yaml", import.meta.url), "utf8"));
  const play = async (payload?: string) => {
    const player = new Player(
      simulateFlow({
        document,
        channelKind: "webchat",
        at: Date.UTC(2026, 0, 5, 9),
        seed: 1,
        timeZone: "UTC",
        runScript,
      }),
    );
    const said = (lines: readonly string[] | undefined) => (lines ?? []).join("\n");
    return {
      opening: said(await player.start(payload)),
      say: async (line: string) => said(await player.line(line)),
      player,
    };
  };

  it("greets by a fallback name and asks for what no link has brought", async () => {
    const { opening, say } = await play();
    expect(opening).toContain("Hello, friend!");
    expect(opening).toContain("You came without an invite link");
    expect(await say("1")).toContain("What is your e-mail address?");
    expect(await say("not an address")).toContain("Once more, please.");
    expect(await say("ada@example.com")).toContain("- e-mail: ada@example.com");
  });

  it("knows what the invite link of the README carries, and does not ask for it", async () => {
    const payload = Buffer.from('{"e":"ada@example.com","v":{"course":"Chess"}}').toString("base64url");
    expect(readFileSync(new URL("../../README.md", import.meta.url), "utf8")).toContain(`/chat/demo?start=${payload}`);
    const { opening, say } = await play(payload);
    expect(opening).toContain('the course "Chess" and that your e-mail address is ada@example.com');
    const summary = await say("A newsletter");
    expect(summary).toContain("3s later");
    expect(summary).toContain("- tags: came by link, lead");
    expect(await say("Call me back")).toContain("label added: call back");
  });

  it("gives up politely on wrong answers and on silence", async () => {
    const wrong = await play();
    await wrong.say("what?");
    expect(await wrong.say("what?")).toContain("Never mind, let us go on.");
    for (const line of ["a", "b"]) await wrong.say(line);
    expect(await wrong.say("c")).toContain("Then without one.");
    expect(await (await play()).say(":next")).toContain("I waited for a whole day.");
  });

  it("starts anew when asked to, and has an answer to anything else", async () => {
    const { say } = await play();
    expect(await say("Restart")).toContain("Hello, friend!");
    for (const line of ["1", "ada@example.com", "Call me back"]) await say(line);
    expect(await say("what is the meaning of life")).toContain('Say "restart" to begin anew.');
  });

  it("uses only steps that something leads to, besides those that doors and triggers name", async () => {
    const reached = new Set([document.start, "lost", "gift", ...document.edges.map(({ to }) => to)]);
    expect(document.steps.map(({ ref }) => ref).filter((ref) => !reached.has(ref))).toEqual([]);
  });
});
