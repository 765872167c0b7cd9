import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { createWorkspace, findWorkspace } from "../../store/workspace-store.ts";
import { readConfig } from "../config.ts";
import { seedDemo } from "../demo.ts";
import type { DatabaseCommand, DatabaseContext } from "./command.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { parseOptions } from "./parse-options.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-import-"));
let database: TestDatabase;
let context: DatabaseContext;

beforeAll(async () => {
  database = await testDatabase();
  await seedDemo(database.db);
  await createWorkspace(database.db, { domain: "other", name: "Other" });
  await createWorkspace(database.db, { domain: "warned", name: "Warned" });
  const log = pino({ level: "silent" });
  context = { config: readConfig({}), database, publicUrl: "", secretKey: Buffer.alloc(32), log };
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the command line runs it, on the database of this test. */
async function type(command: DatabaseCommand, line: string) {
  const options = parseOptions(command, line.split(" ")).options as never;
  const result = await command.run(context, (await command.prepare?.(options)) ?? options);
  return (await command.finish?.(result, options)) ?? result;
}

const out = (name: string) => path.join(folder, name);

describe("export and import", () => {
  it.each(["yaml", "json"])("move a whole bot by a file in %s", async (format) => {
    const file = out(`bot.${format}`);
    await type(exportCommand, `--workspace demo --bot demo --format ${format} --out ${file}`);
    const { data } = await type(importCommand, `${file} --workspace other`);
    const { bot } = data as { bot: string };
    const copy = await type(exportCommand, `--workspace other --bot ${bot} --format json`);
    const original = await type(exportCommand, "--workspace demo --bot demo --format json");
    const copied = JSON.parse(copy.text);
    // The sequence's ref is taken by the original: the copy has another, wherever it is named.
    const renamed = original.text.replaceAll('"tips"', JSON.stringify(copied.sequences[0].ref));
    const { tags, fields, flows } = JSON.parse(renamed);
    expect({ tags: copied.tags, fields: copied.fields }).toEqual({ tags, fields });
    expect(copied.flows[0].steps).toEqual(flows[0].steps);
    expect(copied.flows[0].isPublished).toBe(true);
  });

  it("move a flow, as a draft or published at once", async () => {
    const file = out("flow.yaml");
    await type(exportCommand, `--workspace demo --flow demo --out ${file}`);
    const workspaceId = (await findWorkspace(database.db, "demo"))?.id ?? 0;
    const draft = (await type(importCommand, `${file} --workspace demo`)).data as { flow: string };
    expect((await requireFlow(database.db, { workspaceId }, draft.flow)).publishedVersion).toBeNull();
    const live = (await type(importCommand, `${file} --workspace demo --publish`)).data as { flow: string };
    expect((await requireFlow(database.db, { workspaceId }, live.flow)).publishedVersion).toBe(1);
  });

  it("write to stdout what they would write to a file", async () => {
    await type(exportCommand, `--workspace demo --flow demo --out ${out("same.yaml")}`);
    const { text } = await type(exportCommand, "--workspace demo --flow demo");
    expect(text).toBe(readFileSync(out("same.yaml"), "utf8"));
  });

  it.each(["bot.yaml", "flow.yaml"])("tell what publishing warns of, by the line of the file: %s", async (name) => {
    const steps = "[{ ref: a, kind: end },\n  { ref: b, kind: end }]";
    const flow = `name: Warned\nstart: a\nsteps: ${steps}\n`;
    const bot = `kind: repartee-bot\nref: warned\nname: Warned\nflows:\n- ref: warned\n  ${flow.trim().replaceAll("\n", "\n  ")}\n`;
    const isBot = name === "bot.yaml";
    writeFileSync(out(name), isBot ? bot : flow);
    const count = async () => (await database.db.selectFrom("flows").select("id").execute()).length;
    const before = await count();
    const line = `${out(name)} --workspace warned`;
    await expect(type(importCommand, `${line} --strict`)).rejects.toMatchObject({ code: "bot.warned" });
    expect(await count()).toBe(before);
    const { text, data } = await type(importCommand, line);
    const place = { file: out(name), line: isBot ? 9 : 4 };
    expect(data).toMatchObject({ warnings: [place] });
    expect(text).toContain(`${place.file}:${place.line}: flow "`);
    expect(text).toContain('step "b": no way from the start leads to the step "End"');
  });

  it("change nothing when the flow cannot be published", async () => {
    writeFileSync(out("bad.yaml"), "name: Bad\nstart: a\nsteps: [{ ref: a, kind: teleport }]\n");
    const before = await database.db.selectFrom("flows").select("id").execute();
    await expect(type(importCommand, `${out("bad.yaml")} --workspace demo --publish`)).rejects.toMatchObject({
      code: "flow.invalid",
    });
    expect(await database.db.selectFrom("flows").select("id").execute()).toEqual(before);
  });

  it.each([
    ["not: [yaml", "request.malformed"],
    ["kind: repartee-bot\nref: x", "bot.malformed"],
    ["kind: repartee-bot\nref: [", "request.malformed"],
  ])("refuse %j with code %s", async (text, code) => {
    writeFileSync(out("refused.yaml"), text);
    await expect(type(importCommand, `${out("refused.yaml")} --workspace demo`)).rejects.toMatchObject({ code });
  });

  it("ask for the bot where the workspace has several, and for one thing to export", async () => {
    writeFileSync(out("small.yaml"), "name: Small\n");
    await expect(type(importCommand, `${out("small.yaml")} --workspace other`)).rejects.toMatchObject({
      code: "bot.ambiguous",
    });
    await expect(type(exportCommand, "--workspace demo")).rejects.toThrow("name either a bot or a flow");
  });
});
