import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flowDocument } from "../../test/random-flows.ts";
import { type BotFile, botFileSchema } from "./bot-file.ts";
import { type Folder, fromFolder, toFolder } from "./bot-folder.ts";

const bot = (more: object = {}): BotFile =>
  botFileSchema.parse({ kind: "repartee-bot", ref: "shop", name: "Shop", ...more });
const folder = (files: Readonly<Record<string, string>>): Folder => new Map(Object.entries(files));
const main = "kind: repartee-bot\nref: shop\nname: Shop\n";

function read(files: Folder): BotFile {
  const found = fromFolder(files);
  if ("problems" in found) throw new Error(JSON.stringify(found.problems));
  return found.bot;
}

describe("a bot's folder", () => {
  it("says all that the bot's file says, whatever its flows are like, and the same each time", () => {
    fc.assert(
      fc.property(fc.array(flowDocument, { maxLength: 4 }), fc.boolean(), (documents, isPublished) => {
        const flows = documents.map((document, index) => ({ ref: `f${9 - index}`, isPublished, ...document }));
        const whole = bot({
          flows,
          tags: ["a", "b"],
          variables: [{ key: "x", name: "X", kind: "json", value: { b: [1] } }],
        });
        const files = toFolder(whole);
        expect(JSON.parse(JSON.stringify(read(files)))).toEqual(JSON.parse(JSON.stringify(whole)));
        expect(toFolder(read(files))).toEqual(files);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps the order of flows, by which the older of two takes a trigger, and puts new files after them", () => {
    const files = folder({
      "bot.yaml": `${main}flows: [z, a]\n`,
      "flows/a.yaml": "name: A\n",
      "flows/b.yaml": "name: B\n",
      "flows/z.yaml": "name: Z\n",
    });
    expect(read(files).flows.map(({ ref }) => ref)).toEqual(["z", "a", "b"]);
  });

  it("leaves files alone that say the same in other words, and writes those that do not", () => {
    const mine = folder({
      "bot.yaml": `# Ours.\nname: Shop\nref: shop\nkind: repartee-bot\ntags: [b, a]\nflows: [x, y]\n`,
      "flows/x.yaml": "# Two ways.\nname: X\nsteps: [{ kind: end, config: { b: 1, a: 2 }, ref: e }]\n",
      "flows/y.yaml": "name: Y # not Z\n",
    });
    const now = read(mine);
    const flows = now.flows.map((flow) => (flow.ref === "y" ? { ...flow, name: "Z" } : flow));
    const files = toFolder({ ...now, tags: ["a", "b"], flows }, mine);
    expect(files.get("bot.yaml")).toBe(mine.get("bot.yaml"));
    expect(files.get("flows/x.yaml")).toBe(mine.get("flows/x.yaml"));
    expect(files.get("flows/y.yaml")).toContain("name: Z\n");
  });

  it.each([
    [{ "bot.yaml": "name: [" }, "bot.yaml", 1, "this is no YAML"],
    [{ "bot.yaml": "" }, "bot.yaml", 1, "kind: repartee-bot"],
    [{ "bot.yaml": `${main}flows: [gone]\n` }, "bot.yaml", 4, "there is no flows/gone.yaml"],
    [{ "bot.yaml": `${main}flows: [{ ref: x }]\n` }, "bot.yaml", 4, "lists the refs of flows"],
    [{ "bot.yaml": `${main}fields:\n  - { key: Town, name: Town, kind: text }\n` }, "bot.yaml", 5, "fields.0.key"],
    [{ "bot.yaml": `${main}tagz: []\n` }, "bot.yaml", 4, 'there is no "tagz" here'],
    [{ "bot.yaml": main, "flows/x.yaml": "name: X\nsteps:\n  - { ref: a }\n" }, "flows/x.yaml", 3, "steps.0.kind"],
    [{ "bot.yaml": main, "flows/x.yaml": "name: X\ntrigers: []\n" }, "flows/x.yaml", 2, 'there is no "trigers" here'],
    [
      { "bot.yaml": main, "flows/x.yaml": "name: X\nsteps:\n  - { ref: a, kind: end, conf: {} }\n" },
      "flows/x.yaml",
      3,
      'there is no "conf" here',
    ],
    [{ "bot.yaml": main, "flows/x.yaml": "name: X\nref: y\n" }, "flows/x.yaml", 2, "leave ref out"],
    [{ "bot.yaml": main, "flows/x y.yaml": "name: X\n" }, "flows/x y.yaml", 1, "a ref has 1 to 20"],
  ])("refuses %j, naming file and line", (files, file, line, message) => {
    const found = fromFolder(folder(files));
    expect(found).toMatchObject({ problems: [{ file, line, message: expect.stringContaining(message) }] });
  });
});
