import { randomBytes } from "node:crypto";
import { type Logger, pino } from "pino";
import type { Advance } from "../src/engine/advance.ts";
import type { ChannelCatalogue } from "../src/engine/channel-type.ts";
import type { OutboundHttp } from "../src/engine/outbound.ts";
import type { Happening } from "../src/model/event.ts";
import type { FlowDocument } from "../src/model/flow.ts";
import type { JobCatalogue } from "../src/shell/jobs.ts";
import { type Shell, type ShellOptions, startShell } from "../src/shell/shell.ts";
import type { Submission, SubmitReply } from "../src/shell/submission.ts";
import { advance, preparePublishedFlow } from "../src/steps/advance.ts";
import { type BotFile, botFileSchema, importBot } from "../src/store/bot-file.ts";
import { createChannel } from "../src/store/channel-store.ts";
import { type OpenDatabase, openDatabase } from "../src/store/database.ts";
import { publishFlow, requireFlow, saveDraft } from "../src/store/flow-store.ts";
import type { SecretKey } from "../src/store/secret-key.ts";
import { createWorkspace } from "../src/store/workspace-store.ts";
import { noon } from "./builders.ts";
import type { TestDatabase } from "./database.ts";
import { createFakePlatform, type FakePlatform } from "./fake-channel.ts";
import { addressesOnLoopback, outboundToLoopback, platformOnLoopback } from "./outbound.ts";
import { runScript } from "./scripts.ts";
import { until } from "./until.ts";

/** Whether the suites run on a server, where several processes can share a database. */
export const isOnServer = (process.env.TEST_DATABASE_URL ?? "") !== "";

/** A clock that goes when it is told to. */
export interface TestClock {
  now(): number;
  set(at: number): void;
  pass(ms: number): void;
}

export function testClock(at: number = noon): TestClock {
  let time = at;
  return {
    now: () => time,
    set: (next) => {
      time = next;
    },
    pass: (ms) => {
      time += ms;
    },
  };
}

export interface TestShell {
  readonly database: OpenDatabase;
  readonly shell: Shell;
  readonly platform: FakePlatform;
  readonly clock: TestClock;
  /** Every line that was logged at `warn` or above. */
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

export interface TestShellOptions {
  readonly platform?: FakePlatform;
  readonly clock?: TestClock;
  readonly advance?: Advance;
  readonly jobKinds?: JobCatalogue;
  readonly isWorker?: boolean;
  readonly secretKey?: SecretKey;
  readonly outbound?: OutboundHttp;
  readonly postMail?: ShellOptions["postMail"];
  /** Beside the fake channel. */
  readonly channelTypes?: ChannelCatalogue;
}

/** The real shell on a database, with the real registries and the fake channel. The database stays open when it stops. */
export async function testShell(database: OpenDatabase, options: TestShellOptions = {}): Promise<TestShell> {
  const { platform = createFakePlatform(), clock = testClock(), isWorker = true } = options;
  const logged: string[] = [];
  const shell = await startShell({
    database,
    advance: options.advance ?? advance,
    prepareFlow: preparePublishedFlow,
    channelTypes: { fake: platform.type, ...options.channelTypes },
    jobKinds: options.jobKinds ?? {},
    secretKey: options.secretKey ?? randomBytes(32),
    outbound: options.outbound ?? outboundToLoopback,
    callPlatform: platformOnLoopback,
    findAddresses: addressesOnLoopback,
    runScript,
    postMail: options.postMail,
    log: recordingLog(logged),
    now: clock.now,
    isWorker,
  });
  return { database, shell, platform, clock, logged, stop: () => shell.stop() };
}

export function recordingLog(lines: string[]): Logger {
  return pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
}

/** Opens the same database once more, as another process would. Only on a server. */
export async function openAgain({ connectionString, schema }: TestDatabase): Promise<OpenDatabase> {
  if (connectionString === undefined || schema === undefined) throw new Error("the embedded database has one process");
  return await openDatabase({ databaseUrl: connectionString, schema });
}

/** Another process on a shell's database, which meets the same people at the same time; it is gone for good once it is stopped. Only on a server. */
export async function anotherProcess(one: TestShell, database: TestDatabase): Promise<TestShell> {
  const again = await openAgain(database);
  const other = await testShell(again, { platform: one.platform, clock: one.clock });
  return {
    ...other,
    stop: async () => {
      await other.stop();
      await again.close();
    },
  };
}

/** A workspace with one bot on one fake channel. */
export interface Shop {
  readonly workspaceId: number;
  readonly botId: number;
  readonly channelId: number;
  /** Somebody's event on the channel, as a submission. `key`: the platform's id of the event. */
  from(person: string, happening: Happening | string, key?: string): Submission;
  /** Makes the document the published one. */
  publish(ref: string, document: FlowDocument): Promise<void>;
}

let shops = 0;

/** Makes a workspace with what the file says; its flows are published, unchecked. `settings`: of the channel. */
export async function aShop(
  { database, clock }: Pick<TestShell, "database" | "clock">,
  file: Omit<Partial<(typeof botFileSchema)["_zod"]["input"]>, "kind" | "ref"> = {},
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Shop> {
  shops += 1;
  const { db } = database;
  const at = new Date(clock.now());
  const workspace = await createWorkspace(db, { domain: `shop${shops}`, name: "Shop" });
  const parsed: BotFile = botFileSchema.parse({ kind: "repartee-bot", ref: `bot${shops}`, name: "Bot", ...file });
  // Flows that could not be published have to run too: what is published today may be a problem to a later release.
  const { bot } = await importBot(db, workspace.id, parsed, { at, findProblems: () => [] });
  const connected = { kind: "fake", name: "Fake", settings, sealedSecrets: null, status: "connected" } as const;
  const { id: channelId } = await createChannel(db, bot, connected);
  return {
    workspaceId: workspace.id,
    botId: bot.id,
    channelId,
    from: (person, happening, key) => ({
      target: { channelId, externalId: person },
      happening:
        typeof happening === "string" ? { kind: "message", message: { text: happening, attachments: [] } } : happening,
      source: "channel",
      ...(key === undefined ? {} : { dedupeKey: `c${channelId}:${key}` }),
    }),
    publish: async (ref, document) => {
      await db.transaction().execute(async (trx) => {
        const access = { workspaceId: workspace.id };
        const { draftRevision } = await requireFlow(trx, access, ref);
        const saved = await saveDraft(trx, access, ref, { document, draftRevision, at });
        await publishFlow(trx, workspace.id, saved, { note: "", at });
      });
    },
  };
}

/** A flow whose every text is answered with `re: <text>`, tagged `seen` and counted in nothing else. */
export const echoFlow = {
  ref: "echo",
  name: "Echo",
  triggers: [{ kind: "default_reply" as const }, { kind: "start" as const }],
  start: "tag",
  steps: [
    { ref: "tag", kind: "action", config: { actions: [{ action: "add_tag", args: { tag: "seen" } }] } },
    { ref: "reply", kind: "message", config: { messages: [{ text: "re: {{ message.text }}" }] } },
  ],
  edges: [{ from: "tag", output: "next", to: "reply" }],
};

/** Resolves when nothing is left to send. */
export async function untilSent({ database }: Pick<TestShell, "database">, withinMs?: number): Promise<void> {
  const look = async () => {
    const left = await database.db
      .selectFrom("messages")
      .select("id")
      .where("status", "=", "queued")
      .limit(1)
      .execute();
    return left.length === 0;
  };
  await until("nothing is left to send", look, withinMs === undefined ? {} : { withinMs });
}

/** The contact of a reply. Throws where there is none. */
export function contactOf(reply: SubmitReply): number {
  if (reply.contactId === undefined) throw new Error(`no contact: ${JSON.stringify(reply)}`);
  return reply.contactId;
}
