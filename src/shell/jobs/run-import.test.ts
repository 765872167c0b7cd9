import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aShop, contactOf, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import { guessMapping } from "../../engine/import-line.ts";
import type { ImportSettings } from "../../model/import.ts";
import {
  countImportLines,
  createImport,
  findImportContent,
  findRefusedFile,
  getImport,
  type Import,
  listRefusedLines,
  moveImport,
} from "../../store/import-store.ts";
import { loadContacts } from "../../store/world-store.ts";
import { findEncoding, findSeparator, readCsv } from "../read-csv.ts";
import type { Submit } from "../submission.ts";
import { jobKinds } from "./index.ts";
import { runImport, toImportJob } from "./run-import.ts";

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, { jobKinds });
  const fields = [
    { key: "level", name: "Level", kind: "number" as const },
    { key: "born", name: "Born", kind: "date" as const },
  ];
  shop = await aShop(one, { fields });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

const mapping: ImportSettings["mapping"] = [
  "name",
  "phone",
  "email",
  "clientExternalId",
  "tags",
  "field:level",
  "cuid",
];
async function anImport(text: string, settings: Partial<ImportSettings> = {}): Promise<Import> {
  const whole = { separator: ",", encoding: "utf-8", mapping, tags: ["imported"], ...settings } as const;
  const content = Buffer.from(`name,phone,email,id,tags,level,cuid\n${text}`);
  const { workspaceId, botId } = shop;
  const values = {
    workspaceId,
    botId,
    name: "x.csv",
    settings: whole,
    lines: 0,
    content,
    at: new Date(one.clock.now()),
  };
  return await createImport(database.db, values);
}
/** Begins it as the API does; the job is the shell's. */
async function run(made: Import, to: "checking" | "running"): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    await moveImport(trx, made, to, new Date(one.clock.now()));
    await one.shell.enqueueJobs(trx, [toImportJob(made.id)]);
  });
  await until("it is through", async () => {
    const found = await getImport(database.db, made.id);
    return found?.status !== to;
  });
}
const contacts = async () => {
  const rows = await database.db
    .selectFrom("contacts")
    .select("id")
    .where("botId", "=", shop.botId)
    .orderBy("id")
    .execute();
  return (
    await loadContacts(
      database.db,
      rows.map(({ id }) => id),
    )
  ).map(({ contact }) => contact);
};
const act = async (
  target: { contactId: number } | { create: { botId: number } },
  action: string,
  args: Record<string, unknown>,
) =>
  contactOf(
    await one.shell.submit({ target, happening: { kind: "actions", actions: [{ action, args }] }, source: "api" }),
  );

describe("an import", () => {
  it("says in a check what it would do, does that, once, and names each refused line", async () => {
    const known = await act({ create: { botId: shop.botId } }, "set_profile", {
      key: "email",
      value: "Known@example.com",
    });
    const before = (await contacts()).length;
    const file = [
      'Ann,8 (916) 123-45-67,ann@example.com,GC-1,"vip, new",5,',
      "Bob,12,bob@example.com,,,,",
      "Known,,known@EXAMPLE.com,,,7,",
      "Ann again,+79161234567,,,second,,",
      ",,,,,many,",
      "",
      '"Two\nlines",,two@example.com,,,,',
      "Nobody,,,,,,c-nobody",
      "{{ contact.name }},,liquid@example.com,,,,",
    ].join("\n");
    const made = await anImport(file);
    await run(made, "checking");
    const expected = { created: 3, updated: 2, refused: 3 };
    expect(await getImport(database.db, made.id)).toMatchObject({ status: "checked", done: 8 });
    expect(await countImportLines(database.db, made.id)).toEqual(expected);
    expect(await contacts()).toHaveLength(before);
    const checked = await getImport(database.db, made.id);
    if (checked === undefined) throw new Error("it is gone");
    await run(checked, "running");
    expect(await getImport(database.db, made.id)).toMatchObject({ status: "finished", done: 8 });
    expect(await countImportLines(database.db, made.id)).toEqual(expected);
    expect(await listRefusedLines(database.db, made.id, { limit: 10 })).toMatchObject([
      { line: 3, reason: expect.stringContaining('"12" is not a valid phone') },
      { line: 6, reason: expect.stringContaining("Level") },
      { line: 10, reason: expect.stringContaining("c-nobody") },
    ]);
    // Of the file those lines are kept.
    await until("the file is gone", async () => (await findImportContent(database.db, made.id)) === undefined);
    const kept = String(await findRefusedFile(database.db, made.id));
    expect(kept.split("\r\n").map((line) => line.split(",")[0])).toEqual(["\ufeffname", "Bob", "", "Nobody", ""]);
    expect(kept).not.toContain("Ann");
    const all = await contacts();
    expect(all).toHaveLength(before + 3);
    expect(all.find(({ id }) => id === known)).toMatchObject({ fields: { level: 7 }, tags: ["imported"] });
    expect(all.find(({ profile }) => profile.phone === "+79161234567")).toMatchObject({
      profile: { name: "Ann again", clientExternalId: "GC-1" },
      tags: ["vip", "new", "imported", "second"],
      fields: { level: 5 },
    });
    expect(all.find(({ profile }) => profile.email === "liquid@example.com")?.profile.name).toBe("{{ contact.name }}");
    expect(all.find(({ profile }) => profile.email === "two@example.com")?.profile.name).toBe("Two\nlines");
  });

  it("that is cut off in the middle goes on where it stopped, and makes nobody twice", async () => {
    const made = await anImport(
      Array.from({ length: 450 }, (_, n) => `Person ${n},,cut${n}@example.com,,,,`).join("\n"),
    );
    const started = await moveImport(database.db, made, "running", new Date(one.clock.now()));
    let handedIn = 0;
    const dying: Submit = async (submission) => {
      handedIn += 1;
      // In the middle of the second piece; what was handed in is done, and not noted.
      if (handedIn > 250) throw new Error("killed");
      return await one.shell.submit(submission);
    };
    const context = { db: database.db, submit: dying, now: one.clock.now } as unknown as Parameters<
      typeof runImport.run
    >[1];
    await expect(runImport.run({ id: made.id }, context)).rejects.toThrow("killed");
    expect(await getImport(database.db, made.id)).toMatchObject({ status: "running", done: 200 });
    await runImport.run({ id: started.id }, { ...context, submit: one.shell.submit });
    expect(await getImport(database.db, made.id)).toMatchObject({ status: "finished", done: 450 });
    expect(await countImportLines(database.db, made.id)).toEqual({ created: 450, updated: 0, refused: 0 });
    const mine = (await contacts()).filter(({ profile }) => profile.email?.startsWith("cut"));
    expect(mine).toHaveLength(450);
  });

  it("that is cancelled stops", async () => {
    const made = await anImport("Late,,late@example.com,,,,");
    const running = await moveImport(database.db, made, "running", new Date(one.clock.now()));
    await moveImport(database.db, running, "cancelled", new Date(one.clock.now()));
    const context = { db: database.db, submit: one.shell.submit, now: one.clock.now } as unknown as Parameters<
      typeof runImport.run
    >[1];
    expect(await findImportContent(database.db, made.id)).toBeDefined();
    await runImport.run({ id: made.id }, context);
    expect(await countImportLines(database.db, made.id)).toEqual({ created: 0, updated: 0, refused: 0 });
    expect(await findImportContent(database.db, made.id)).toBeUndefined();
    expect(String(await findRefusedFile(database.db, made.id))).not.toContain("Late");
    await expect(moveImport(database.db, running, "running", new Date())).rejects.toMatchObject({
      code: "import.bad_state",
    });
  });
});

describe("a file", () => {
  const windows = Buffer.from([0xc8, 0xec, 0xff, 0x3b, 0x61, 0x0a, 0xc0, 0x3b, 0x62, 0x0a]);

  it("of Russian Windows is read as such, and its separator found", async () => {
    expect(findEncoding(windows)).toBe("windows-1251");
    expect(findEncoding(Buffer.from("Имя,a\n"))).toBe("utf-8");
    expect(findSeparator(windows, "windows-1251")).toBe(";");
    expect(findSeparator(Buffer.from('"a;b;c",d\n'), "utf-8")).toBe(",");
    const records: (readonly string[])[] = [];
    for await (const { cells } of readCsv(windows, { separator: ";", encoding: "windows-1251" })) records.push(cells);
    expect(records).toEqual([
      ["Имя", "a"],
      ["А", "b"],
    ]);
  });

  it("tells by its headings what its columns are, each once", () => {
    const fields = [{ id: 1, key: "city", name: "Город", kind: "text" as const }];
    const headings = ["ФИО", "Телефон", "E-mail", "Second email", "Тэги", "user id", "город", "Shoe size"];
    expect(guessMapping(headings, fields)).toEqual([
      "name",
      "phone",
      "email",
      null,
      "tags",
      "clientExternalId",
      "field:city",
      null,
    ]);
  });
});
