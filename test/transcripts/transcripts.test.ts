import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { parse } from "yaml";
import { noon } from "../builders.ts";
import { type TestDatabase, testDatabase } from "../database.ts";
import { aShop, type TestShell, testShell } from "../shell.ts";
import { createPerson } from "./play.ts";
import { transcriptSchema } from "./transcript.ts";

/**
 * Every file beside this one is a bot and conversations with it. They run through the engine, the database and the queue; only the messenger and the
 * clock are ours.
 */
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".yaml"));

let database: TestDatabase;
let shell: TestShell;
beforeAll(async () => {
  database = await testDatabase();
  shell = await testShell(database);
});
afterAll(async () => {
  await shell.stop();
  await database.close();
});

describe.each(files)("%s", (file) => {
  const { bot, conversations } = transcriptSchema.parse(
    parse(readFileSync(path.join(import.meta.dirname, file), "utf8")),
  );

  it.each(conversations)("$title", async ({ title, at, script }) => {
    shell.clock.set(at === undefined ? noon : Date.parse(at));
    const shop = await aShop(shell, bot);
    try {
      const person = createPerson(shell, shop, title);
      for (const line of script) await person.play(line);
    } finally {
      // Its refs are free again for the next conversation, and its waits are over.
      await database.db.deleteFrom("workspaces").where("id", "=", shop.workspaceId).execute();
    }
  });
});
