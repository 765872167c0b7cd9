import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { botFileSchema, exportBot, formatBotFile, importBot } from "./bot-file.ts";
import { requireFlow } from "./flow-store.ts";
import { createWorkspace, type Workspace } from "./workspace-store.ts";

const file = botFileSchema.parse({
  kind: "repartee-bot",
  ref: "shop",
  name: "Shop",
  tags: ["buyer", "vip"],
  labels: ["ask later"],
  fields: [{ key: "city", name: "Город", kind: "text" }],
  variables: [{ key: "price", name: "Price", kind: "number", value: 5 }],
  sequences: [
    {
      ref: "news",
      name: "News",
      onReply: "pause",
      steps: [
        {
          ref: "s1",
          delay: { mode: "after", amount: 1, unit: "days", time: "10:00" },
          condition: { match: "all", rules: [{ subject: "sequence", key: "news", operator: "has" }] },
          content: {
            kind: "message",
            content: { text: "Hi", buttons: [{ type: "press", title: "Go", payload: "side:a" }] },
          },
        },
        { ref: "s2", delay: { mode: "on_date", field: "city", days: -1 }, content: { kind: "flow", flow: "side" } },
      ],
    },
  ],
  salesPlans: [
    {
      ref: "course",
      name: "Course",
      currency: "EUR",
      averageCheck: 10_000,
      label: "COURSE",
      distribution: "even" as const,
      statuses: [
        { ref: "new", name: "New", kind: "open" as const },
        { ref: "paid", name: "Paid", kind: "won" as const },
      ],
    },
  ],
  flows: [
    {
      ref: "main",
      name: "Main",
      start: "a",
      triggers: [{ kind: "entry_link", link: "spring" }],
      steps: [
        {
          ref: "a",
          kind: "action",
          config: {
            actions: [{ action: "subscribe_to_sequence", args: { sequence: "news" } }, { args: { flow: "side" } }],
          },
        },
      ],
    },
    {
      ref: "choice",
      name: "Choice",
      steps: [
        {
          ref: "a",
          kind: "condition",
          config: {
            condition: {
              match: "all",
              rules: [
                { subject: "sequence", key: "news", operator: "has" },
                { subject: "entry_link", operator: "is", value: "spring" },
                { subject: "tag", key: "news", operator: "has" },
              ],
            },
          },
        },
      ],
    },
    { ref: "side", name: "Side", isPublished: false, steps: [{ ref: "a", kind: "go_to", config: { flow: "main" } }] },
  ],
  entryLinks: [
    {
      ref: "spring",
      name: "Spring",
      payload: "spring",
      flow: "main",
      step: "a",
      data: { variables: { city: "Bern" } },
    },
  ],
});

let database: TestDatabase;
let workspace: Workspace;
let count = 0;
const options = { at: new Date(0), findProblems: () => [] };

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom("workspaces").execute();
  count += 1;
  workspace = await createWorkspace(database.db, { domain: `w${count}`, name: "W" });
});

const importFile = (source = file, given: Parameters<typeof importBot>[3] = options) =>
  database.db.transaction().execute((trx) => importBot(trx, workspace.id, source, given));

describe("a bot file", () => {
  it("is exported as it was imported", async () => {
    const { bot } = await importFile();
    expect(await exportBot(database.db, bot)).toEqual(file);
  });

  it.each(["json", "yaml"] as const)("survives being written as %s", (format) => {
    expect(botFileSchema.parse(parse(formatBotFile(file, format)))).toEqual(file);
  });

  it("publishes the flows that were published", async () => {
    await importFile();
    expect((await requireFlow(database.db, { workspaceId: workspace.id }, "main")).publishedVersion).toBe(1);
    expect((await requireFlow(database.db, { workspaceId: workspace.id }, "side")).publishedVersion).toBeNull();
  });

  it("keeps a flow with problems as a draft and says so", async () => {
    const { unpublished } = await importFile(file, { at: new Date(0), findProblems: () => ["no way"] });
    expect(unpublished).toEqual([
      { ref: "main", problems: ["no way"] },
      { ref: "choice", problems: ["no way"] },
    ]);
    expect((await requireFlow(database.db, { workspaceId: workspace.id }, "main")).publishedVersion).toBeNull();
  });

  it("gets new refs where its own are taken, everywhere it names them", async () => {
    await importFile();
    const { bot } = await importFile();
    const copy = await exportBot(database.db, bot);
    const [main, choice, side] = copy.flows;
    const [sequence] = copy.sequences;
    const [link] = copy.entryLinks;
    expect([copy.ref, main?.ref, side?.ref, sequence?.ref, link?.ref]).not.toContain(undefined);
    expect(["shop", "main", "side", "news", "spring"]).not.toContain(copy.ref);
    expect(main?.ref).not.toBe("main");
    expect(main?.triggers).toEqual([{ kind: "entry_link", link: link?.ref }]);
    expect(main?.steps[0]?.config).toEqual({
      actions: [{ action: "subscribe_to_sequence", args: { sequence: sequence?.ref } }, { args: { flow: side?.ref } }],
    });
    expect(side?.steps[0]?.config).toEqual({ flow: main?.ref });
    expect(choice?.steps[0]?.config).toMatchObject({
      condition: { rules: [{ key: sequence?.ref }, { value: link?.ref }, { key: "news" }] },
    });
    expect(link).toMatchObject({ flow: main?.ref, payload: link?.ref, step: "a" });
  });

  it("uses the tags and fields that the workspace has, but not a field of another kind", async () => {
    await importFile();
    await importFile();
    expect((await database.db.selectFrom("fields").select("key").execute()).length).toBe(1);
    const other = { ...file, fields: [{ ...file.fields[0], kind: "number" }] } as typeof file;
    await expect(importFile(other)).rejects.toMatchObject({ code: "field.key_taken" });
    expect((await database.db.selectFrom("bots").select("id").execute()).length).toBe(2);
  });
});
