import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { botFileSchema, importBot } from "../store/bot-file.ts";
import { createChannel } from "../store/channel-store.ts";
import type { Database } from "../store/database.ts";
import { parseFlowFile } from "../store/flow-file.ts";
import { createWorkspace } from "../store/workspace-store.ts";
import { findFlowProblems } from "./find-flow-problems.ts";

const flowFile = new URL("../../demo/demo-flow.yaml", import.meta.url);

/** Any number that nobody else locks; processes that start at once on a server must not both seed. */
const seedingLock = 7_261_548;

/**
 * Makes the demo workspace in an empty database: bot and workspace `demo`, a web chat, and the flow in `demo/`. False: there is a
 * workspace already.
 */
export async function seedDemo(db: Database): Promise<boolean> {
  const { ref = "demo", document } = parseFlowFile(await readFile(flowFile, "utf8"));
  return await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${seedingLock})`.execute(trx);
    const some = await trx.selectFrom("workspaces").select("id").limit(1).executeTakeFirst();
    if (some !== undefined) return false;
    const workspace = await createWorkspace(trx, { domain: "demo", name: "Demo" });
    const file = botFileSchema.parse({ ...surroundings, flows: [{ ref, ...document }] });
    const { bot, unpublished } = await importBot(trx, workspace.id, file, {
      at: new Date(),
      findProblems: findFlowProblems,
    });
    if (unpublished.length > 0) throw new Error(`the demo flow is broken: ${JSON.stringify(unpublished)}`);
    await createChannel(trx, bot, {
      kind: "webchat",
      name: "Web chat",
      settings: {},
      sealedSecrets: null,
      status: "connected",
    });
    return true;
  });
}

/** What the demo flow names. */
const surroundings = {
  kind: "repartee-bot",
  ref: "demo",
  name: "Demo",
  tags: ["came by link", "lead", "vip"],
  labels: ["call back"],
  fields: [
    { key: "goal", name: "Goal", kind: "text", description: "What the person wants to build first." },
    { key: "course", name: "Course", kind: "text", description: "The course that an invite link named." },
  ],
  sequences: [{ ref: "tips", name: "A tip a week" }],
  entryLinks: [
    {
      ref: "chess",
      name: "Chess course, poster in the hall",
      payload: "chess",
      flow: "demo",
      data: { variables: { course: "Chess" } },
    },
  ],
};
