import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { templateWords as english } from "../../../web/admin/templates/en-templates.ts";
import { templateWords as russian } from "../../../web/admin/templates/ru-templates.ts";
import { flowTemplates } from "../../../web/admin/templates/templates.ts";
import { botFileSchema, importBot } from "../../store/bot-file.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { requireSequence } from "../../store/sequence-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { readConfig } from "../config.ts";
import { seedDemo } from "../demo.ts";
import type { DatabaseCommand, DatabaseContext } from "./command.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { parseOptions } from "./parse-options.ts";

const root = mkdtempSync(path.join(tmpdir(), "rp-folder-"));
// A copy: a failing test must not write into the repository.
const demo = path.join(root, "demo");
cpSync(fileURLToPath(new URL("../../../demo/bot", import.meta.url)), demo, { recursive: true });
let database: TestDatabase;
let context: DatabaseContext;
let workspaceId = 0;

beforeAll(async () => {
  database = await testDatabase();
  await seedDemo(database.db);
  ({ id: workspaceId } = await createWorkspace(database.db, { domain: "team", name: "Team" }));
  const log = pino({ level: "silent" });
  context = { config: readConfig({}), database, publicUrl: "", secretKey: Buffer.alloc(32), log };
});
afterAll(async () => {
  await database.close();
  rmSync(root, { recursive: true, force: true });
});

async function type(command: DatabaseCommand, line: string) {
  const options = parseOptions(command, line.split(" ")).options as never;
  const result = await command.run(context, (await command.prepare?.(options)) ?? options);
  return (await command.finish?.(result, options)) ?? result;
}

/** A bot of the team, exported into a folder of its own; `edit` changes one of its files. */
async function aFolder(ref: string, flows: readonly object[], more: object = {}) {
  const file = botFileSchema.parse({ kind: "repartee-bot", ref, name: "Shop", flows, ...more });
  await importBot(database.db, workspaceId, file, { at: new Date(), findProblems: () => [] });
  const folder = path.join(root, ref);
  await type(exportCommand, `--workspace team --bot ${ref} --folder ${folder}`);
  const edit = (name: string, from: string, to: string) => {
    const text = readFileSync(path.join(folder, name), "utf8");
    expect(text).toContain(from);
    writeFileSync(path.join(folder, name), text.replace(from, to));
  };
  return { folder, edit, import: (words = "") => type(importCommand, `--folder ${folder} --workspace team${words}`) };
}

const say = (ref: string, text: string) => ({ ref, kind: "message", config: { messages: [{ text }] } });
const flow = (ref: string, more: object = {}) => ({
  ref,
  name: "Main",
  start: "hello",
  triggers: [{ kind: "keyword", words: ["price"] }],
  steps: [{ ...say("hello", "Hello"), name: "Hello" }, say("bye", "Bye")],
  edges: [{ from: "hello", output: "next", to: "bye" }],
  ...more,
});
const stateOf = (ref: string) => requireFlow(database.db, { workspaceId }, ref);

describe("a bot's folder, exported and imported", () => {
  it("is the same after each export: the demo bot's own files stay as people wrote them", async () => {
    const { text, data } = await type(exportCommand, `--workspace demo --bot demo --folder ${demo}`);
    expect(data).toMatchObject({ written: [], deleted: [] });
    expect(text).toContain("says all that already");
    expect((await type(importCommand, `--folder ${demo} --workspace demo --dry-run --publish`)).text).toBe(
      `Bot demo in the workspace demo:
  There is no difference.
Warnings, which keep nothing from being published:
  flows/demo.yaml:172: flow "demo", step "gift": no way from the start leads to the step "Reached from outside"
0 added, 0 changed, 0 only here. This was a dry run: nothing was changed.`,
    );
  });

  it("brings every ready flow of the builder through the database unchanged", async () => {
    const templates = [english, russian].flatMap((words) => flowTemplates(words));
    const flows = templates.map(({ document }, index) => ({ ref: `t${index}`, isPublished: false, ...document }));
    expect(flows.length).toBeGreaterThan(5);
    const { folder, import: take } = await aFolder("templates", flows);
    expect(readdirSync(path.join(folder, "flows"))).toHaveLength(flows.length);
    expect((await take(" --dry-run")).data).toMatchObject({ changes: [] });
    await database.db.deleteFrom("bots").where("ref", "=", "templates").execute();
    expect((await take()).data).toMatchObject({ isNew: true });
    const again = await type(exportCommand, `--workspace team --bot templates --folder ${folder}`);
    expect(again.data).toMatchObject({ written: [], deleted: [] });
  });

  it("tells in words what it would change, and changes it as drafts only without --dry-run", async () => {
    const one = await aFolder("words", [flow("w1"), flow("w2", { name: "Side" })], {
      variables: [{ key: "price", name: "Price", kind: "number", value: 5 }],
      sequences: [{ ref: "w-news", name: "News" }],
      entryLinks: [{ ref: "w-link", name: "Poster", payload: "w-link", flow: "w1" }],
    });
    one.edit("flows/w1.yaml", "text: Hello", "text: Good day");
    one.edit("flows/w1.yaml", "price", "cost");
    one.edit("bot.yaml", "value: 5", "value: 6");
    one.edit("bot.yaml", "name: Poster", "name: Big poster");
    one.edit("bot.yaml", "  - w2\n", "");
    one.edit("bot.yaml", "tags: []", "tags: [words new]");
    rmSync(path.join(one.folder, "flows/w2.yaml"));
    writeFileSync(path.join(one.folder, "flows/w3.yaml"), "name: Third\nstart: a\nsteps: [{ ref: a, kind: end }]\n");
    const changes = `Bot words in the workspace team:
  ~ flow w1 (Main)
      trigger added: keyword: exact; ["cost"]
      trigger removed: keyword: exact; ["price"]
      step Hello (hello): messages › 1 › text: Hello → Good day
  + flow w3 (Third)
      1 step
  - flow w2 (Side): not in the folder; deleted only with --prune
  ~ entry link w-link (Poster)
      name: Poster → Big poster
  ~ variable price (Price)
      value: 5 → 6
  + tag words new
2 added, 3 changed, 1 only here.`;
    expect((await one.import(" --dry-run")).text).toBe(`${changes} This was a dry run: nothing was changed.`);
    expect((await stateOf("w1")).draftRevision).toBe((await stateOf("w2")).draftRevision);
    expect((await one.import()).text).toBe(`${changes} Done.`);
    const { draft, publishedVersion } = await stateOf("w1");
    expect(JSON.stringify(draft)).toContain("Good day");
    expect(publishedVersion).toBe(1);
    expect((await stateOf("w3")).publishedVersion).toBeNull();
    expect((await stateOf("w2")).name).toBe("Side");
    expect((await one.import(" --dry-run")).data).toMatchObject({ changes: [{ kind: "removed" }] });
  });

  it("changes a sequence's steps, and has those who wait in it put right by a job", async () => {
    const step = (amount: number) => ({
      ref: "one",
      delay: { mode: "after", amount, unit: "days" },
      content: { kind: "message", content: "A tip." },
    });
    const one = await aFolder("course", [], { sequences: [{ ref: "c-tips", name: "Tips", steps: [step(3)] }] });
    one.edit("bot.yaml", "amount: 3", "amount: 1");
    const jobs: unknown[] = [];
    const enqueueJobs: NonNullable<DatabaseContext["enqueueJobs"]> = async (_trx, added) => void jobs.push(...added);
    const before = context;
    const stepsNow = async () => (await requireSequence(database.db, { workspaceId }, "c-tips")).steps;
    expect((await one.import(" --dry-run")).text).toContain("~ sequence c-tips (Tips)\n      steps: ");
    expect(await stepsNow()).toMatchObject([{ delay: { amount: 3 } }]);
    // Where nobody could be told, nothing is changed.
    await expect(one.import()).rejects.toThrow("needs the job queue");
    context = { ...context, enqueueJobs };
    await one.import(" --dry-run");
    expect(jobs).toEqual([]);
    await one.import();
    context = before;
    expect(jobs).toEqual([expect.objectContaining({ kind: "settle-sequence" })]);
    expect(await stepsNow()).toMatchObject([{ delay: { amount: 1 } }]);
  });

  it("publishes what is new, takes out of service what the folder says is a draft, and prunes", async () => {
    const one = await aFolder("live", [flow("l1"), flow("l2"), flow("l3")], {
      sequences: [{ ref: "l-news", name: "News" }],
      variables: [{ key: "old", name: "Old", kind: "text" }],
    });
    one.edit("flows/l1.yaml", "text: Hello", "text: Good day");
    one.edit("flows/l2.yaml", "isPublished: true", "isPublished: false");
    one.edit("bot.yaml", "  - l3\n", "");
    rmSync(path.join(one.folder, "flows/l3.yaml"));
    const bare = readFileSync(path.join(one.folder, "bot.yaml"), "utf8").replace(
      /(variables|sequences):\n(?: .*\n)+/g,
      "",
    );
    writeFileSync(path.join(one.folder, "bot.yaml"), bare);
    const { text } = await one.import(" --publish --prune");
    expect(text).toContain("it is published");
    expect(text).toContain("~ flow l2 (Main)\n      it is taken out of service");
    expect(text).toMatch(/- flow l3 \(Main\)\n {2}- sequence l-news \(News\)\n {2}- variable old \(Old\)\n/);
    expect((await stateOf("l1")).publishedVersion).toBe(2);
    expect((await stateOf("l2")).publishedVersion).toBeNull();
    await expect(stateOf("l3")).rejects.toMatchObject({ code: "flow.not_found" });
    const { data } = await type(exportCommand, `--workspace team --bot live --folder ${one.folder}`);
    expect(data).toMatchObject({ deleted: [] });
    expect((await one.import(" --publish --prune --dry-run")).data).toMatchObject({ changes: [] });
  });

  it("tells what publishing would warn of, by file and step, and with --strict changes nothing then", async () => {
    const steps = [
      say("hello", "Hello"),
      { ref: "on", kind: "go_to", config: { flow: "w-draft" } },
      {
        ref: "tips",
        kind: "action",
        config: { actions: [{ action: "subscribe_sequence", args: { sequence: "no" } }] },
      },
      { ref: "off", kind: "go_to", config: { flow: "w-other" } },
    ];
    const edges = ["on", "tips", "off"].map((to) => ({ from: "hello", output: "next", to }));
    const draft = { isPublished: false, steps: [say("hello", "Hello"), say("lost", "Lost")], edges: [] };
    const one = await aFolder("warned", [flow("w-main", { steps, edges }), flow("w-draft", draft), flow("w-other")], {
      entryLinks: [{ ref: "w-poster", name: "Poster", payload: "w-poster", flow: "w-main", step: "gone" }],
    });
    one.edit("flows/w-main.yaml", "text: Hello", "text: Good day");
    const lineOf = (ref: string) => {
      const text = readFileSync(path.join(one.folder, "flows/w-main.yaml"), "utf8");
      return text.split("\n").findIndex((line) => line.includes(`ref: ${ref}`)) + 1;
    };
    const warnings = [
      `flows/w-main.yaml:${lineOf("on")}: flow "w-main", step "on": the flow "w-draft" to go to is not published`,
      `flows/w-main.yaml:${lineOf("tips")}: flow "w-main", step "tips": there is no sequence with the ref "no"`,
      'flows/w-main.yaml:1: flow "w-main": the entry link "Poster" leads to "gone", which is no step: the flow starts at the first one',
    ];
    const before = await stateOf("w-main");
    for (const words of [" --dry-run --strict", " --strict --publish"]) {
      await expect(one.import(words)).rejects.toMatchObject({
        code: "bot.warned",
        message: `nothing was changed, since --strict takes warnings as problems:\n${warnings.join("\n")}`,
      });
    }
    expect(await stateOf("w-main")).toEqual(before);
    const { text, data } = await one.import(" --publish");
    expect(text).toContain(`Warnings, which keep nothing from being published:\n  ${warnings.join("\n  ")}\n`);
    expect(data).toMatchObject({ problems: [], warnings: [{ file: "flows/w-main.yaml", line: lineOf("on") }, {}, {}] });
    expect((await stateOf("w-main")).publishedVersion).toBe(2);
  });

  it("names every problem with file and line, and then changes nothing", async () => {
    const one = await aFolder("bad", [flow("b1")], {
      variables: [{ key: "price", name: "Price", kind: "number" }],
      entryLinks: [{ ref: "b-link", name: "Poster", payload: "b-link" }],
    });
    one.edit("flows/b1.yaml", "output: next", "output: nxt");
    one.edit("bot.yaml", "name: Shop", "name: Other");
    const { text } = await one.import(" --dry-run");
    expect(text).toMatch(
      /These flows cannot be published yet:\n {2}flows\/b1\.yaml:\d+: flow "b1", step "hello": .*"nxt"/,
    );
    one.edit("bot.yaml", "kind: number", "kind: text");
    one.edit("bot.yaml", "payload: b-link", "payload: c-link");
    writeFileSync(path.join(one.folder, "flows/demo.yaml"), "name: Not ours\n");
    const refused = one.import(" --publish");
    await expect(refused).rejects.toMatchObject({ code: "bot.malformed" });
    const message = await refused.catch((error: Error) => error.message);
    expect(message).toMatch(/bot\.yaml:\d+: "price" is of kind number here/);
    expect(message).toMatch(/bot\.yaml:\d+: the link "b-link" is out in the world/);
    expect(message).toMatch(/flows\/demo\.yaml:1: the ref "demo" belongs to another bot/);
    expect(message).toMatch(/flows\/b1\.yaml:\d+: flow "b1", step "hello"/);
    const bots = await database.db.selectFrom("bots").select("name").where("ref", "=", "bad").execute();
    expect(bots).toEqual([{ name: "Shop" }]);
  });

  it("does not put a workspace's bot in the place of another workspace's, nor a bot where none is meant", async () => {
    await expect(type(importCommand, `--folder ${demo} --workspace team`)).rejects.toThrow(/belongs to another bot/);
    await expect(type(importCommand, `--folder ${demo} --workspace team --bot nobody`)).rejects.toMatchObject({
      code: "bot.not_found",
    });
    expect(() => parseOptions(importCommand, ["x.yaml", "--workspace", "team", "--prune"])).toThrow(/go with --folder/);
    expect(() => parseOptions(importCommand, ["--workspace", "team"])).toThrow(/a file or a folder/);
  });
});
