import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** Roles a process can have: `web` answers HTTP, `worker` sends messages and runs timers and jobs. */
const roles = ["web", "worker"] as const;
export type Role = (typeof roles)[number];

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** What the documents say of a setting; `default` in words, where the schema has no plain one. */
interface SettingMeta {
  readonly description: string;
  readonly default: string;
  /** Also accepted as `NAME_FILE`: the path of a file that holds the value. */
  readonly secret?: boolean;
}

const whole = (name: string, from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} has to be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `${name} has to be a whole number from ${from} to ${to}`);

/** 0: for ever. Platforms repeat a call for days, and a broadcast may take weeks: less than a month is never right. */
const daysKept = (name: string) =>
  whole(name, 0, 36_500).refine((days) => days === 0 || days >= 30, `${name} has to be 0 (for ever) or at least 30`);

const oneOf = <const T extends readonly [string, ...string[]]>(name: string, values: T) =>
  z.enum(values, { error: () => `${name} has to be one of ${values.join(", ")}` });

/** Also what `repartee move --to` takes. */
export const databaseUrlSchema = z.url({
  protocol: /^postgres(ql)?$/,
  error: "DATABASE_URL has to look like postgres://user:password@host:5432/name",
});

/** Every setting there is. The environment is checked against this once, and the documents are generated from it. */
export const settings = z.object({
  PORT: whole("PORT", 0, 65_535)
    .default(3000)
    .meta({
      description:
        "Port to listen on; 0 takes a free one. A process without the role `web` answers `/health` and `/metrics` there.",
      default: "3000",
    } satisfies SettingMeta),
  HOST: z
    .string()
    .default("127.0.0.1")
    .meta({
      description: "Address to listen on. `0.0.0.0` opens the server to the network.",
      default: "127.0.0.1",
    } satisfies SettingMeta),
  PUBLIC_URL: z
    .url({
      protocol: /^https?$/,
      error: "PUBLIC_URL has to be an http or https address, such as https://bots.example.com",
    })
    .refine((url) => !/[?#]/.test(url), "PUBLIC_URL must not have a query or a fragment")
    .optional()
    .meta({
      description: "Where people and messengers reach this server; webhooks and links are built from it.",
      default: "http://HOST:PORT",
    } satisfies SettingMeta),
  DATA_DIR: z
    .string()
    .default("./data")
    .meta({
      description: "Folder for the embedded database, the secret key and the control socket.",
      default: "./data",
    } satisfies SettingMeta),
  DATABASE_URL: databaseUrlSchema.optional().meta({
    description: "PostgreSQL to use. Absent: the embedded database in `DATA_DIR`.",
    default: "embedded",
    secret: true,
  } satisfies SettingMeta),
  DATABASE_DIRECT_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: "DATABASE_DIRECT_URL has to look like postgres://user:password@host:5432/name",
    })
    .optional()
    .meta({
      description:
        "Where `DATABASE_URL` is a pooler's (PgBouncer): the address of PostgreSQL itself, for the two connections of a process that listen and hold locks, and for `backup`. Absent: live updates are looked for four times a second.",
      default: "the same as DATABASE_URL",
      secret: true,
    } satisfies SettingMeta),
  DATABASE_POOL_SIZE: whole("DATABASE_POOL_SIZE", 2, 500)
    .default(10)
    .meta({
      description:
        "Most connections of one process for pages, API calls and housekeeping. Events, sends and jobs have 12 more, live updates and locks two.",
      default: "10",
    } satisfies SettingMeta),
  SECRET_KEY: z
    .string()
    .min(32, "SECRET_KEY has to have 32 characters at least; make one with: openssl rand -base64 32")
    .optional()
    .meta({
      description:
        "Seals channel credentials, signs visitors' and access tokens. All processes on one database need the same. Absent: made once and kept in `DATA_DIR/secret-key`.",
      default: "made at the first start",
      secret: true,
    } satisfies SettingMeta),
  SECRET_KEY_PREVIOUS: z
    .string()
    .transform((text) => text.split(",").map((key) => key.trim()))
    .pipe(z.array(z.string().min(32, "SECRET_KEY_PREVIOUS: every key has to have 32 characters at least")))
    .optional()
    .meta({
      description:
        "Keys that were SECRET_KEY before, separated by commas: they open what they sealed and prove what they signed, and make nothing new. `repartee rotate-secrets` makes them superfluous.",
      default: "no older keys",
      secret: true,
    } satisfies SettingMeta),
  REQUESTS_PER_SECOND: whole("REQUESTS_PER_SECOND", 1, 1_000_000)
    .default(200)
    .meta({
      description:
        "Most requests a second that one access token, or one address without a token, may make to one process; more are answered 429.",
      default: "200",
    } satisfies SettingMeta),
  DRAIN_SECONDS: whole("DRAIN_SECONDS", 0, 300)
    .default(0)
    .meta({
      description:
        "How long a web process that is asked to stop goes on taking calls while `/health/ready` says that it stops: as long as your load balancer takes to notice.",
      default: "0",
    } satisfies SettingMeta),
  LOG_LEVEL: oneOf("LOG_LEVEL", logLevels)
    .default("info")
    .meta({ description: `How much is logged: ${logLevels.join(", ")}.`, default: "info" } satisfies SettingMeta),
  ROLES: z
    .string()
    .transform((text) => text.split(",").map((role) => role.trim()))
    .pipe(
      z
        .array(oneOf("ROLES: every role", roles))
        .refine((list) => new Set(list).size === list.length, "ROLES names a role twice"),
    )
    .default(["web", "worker"])
    .meta({
      description:
        "What this process does: `web` answers HTTP, `worker` sends messages and runs timers and jobs. The embedded database needs both in one process.",
      default: "web,worker",
    } satisfies SettingMeta),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(",").flatMap((network) => network.trim() || []))
    .pipe(
      z.array(
        z.union([z.cidrv4(), z.cidrv6()], {
          error: "TRUSTED_PROXIES has to be a list of networks such as 172.16.0.0/12,fd00::/8",
        }),
      ),
    )
    .default(["127.0.0.0/8", "::1/128"])
    .meta({
      description:
        "Networks of proxies whose header `X-Forwarded-For` is believed, as a list of CIDRs; empty: none. Limits of tries and requests, and the audit log, go by the address that it names: a proxy on another machine or in a container has to stand here, or all people behind it count as one.",
      default: "this machine",
    } satisfies SettingMeta),
  OUTBOUND_ALLOW_NETWORKS: z
    .string()
    .transform((text) => text.split(",").map((network) => network.trim()))
    .pipe(
      z.array(
        z.union([z.cidrv4(), z.cidrv6()], {
          error: "OUTBOUND_ALLOW_NETWORKS has to be a list of networks such as 10.0.0.0/8,fd00::/8",
        }),
      ),
    )
    .default([])
    .meta({
      description:
        "Networks that webhooks and external requests may call though they are not public, as a list of CIDRs such as `10.1.2.0/24,fd00::/8`. Whoever may set up a webhook can then reach everything in them.",
      default: "only public addresses",
    } satisfies SettingMeta),
  KEEP_MESSAGES_DAYS: daysKept("KEEP_MESSAGES_DAYS")
    .default(0)
    .meta({
      description:
        "How many days messages are kept, 30 at least; 0: for ever. What has still to leave never goes. Deleted at night, in small portions.",
      default: "0",
    } satisfies SettingMeta),
  KEEP_HISTORY_DAYS: daysKept("KEEP_HISTORY_DAYS")
    .default(0)
    .meta({
      description:
        "How many days contacts' history (events) is kept, 30 at least; 0: for ever. Statistics that were counted from it stay. A call that is repeated later than that is not recognised any more.",
      default: "0",
    } satisfies SettingMeta),
  KEEP_DELIVERIES_DAYS: whole("KEEP_DELIVERIES_DAYS", 7, 3_650)
    .default(30)
    .meta({
      description: "How many days a webhook's deliveries are kept, to be looked at or sent again.",
      default: "30",
    } satisfies SettingMeta),
  KEEP_LOGS_DAYS: whole("KEEP_LOGS_DAYS", 1, 3_650)
    .default(90)
    .meta({
      description: "How many days the logs of integrations are kept. The audit log's time is each workspace's own.",
      default: "90",
    } satisfies SettingMeta),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({
      protocol: /^https?$/,
      error: "OTEL_EXPORTER_OTLP_ENDPOINT has to be an http or https address, such as http://127.0.0.1:4318",
    })
    .optional()
    .meta({
      description: "Where traces go, by OTLP over HTTP (`/v1/traces` is put behind it). Absent: no traces.",
      default: "no traces",
    } satisfies SettingMeta),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .transform((text) => text.split(",").map((pair) => pair.trim()))
    .pipe(
      z.array(z.string().regex(/^[^=\s]+=.+$/, "OTEL_EXPORTER_OTLP_HEADERS has to look like name=value,other=value")),
    )
    .default([])
    .meta({
      description: "Headers that go with traces, as `name=value,other=value`; values percent-encoded.",
      default: "no headers",
      secret: true,
    } satisfies SettingMeta),
  OTEL_SERVICE_NAME: z
    .string()
    .min(1)
    .default("repartee")
    .meta({ description: "What traces call this process.", default: "repartee" } satisfies SettingMeta),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, "OTEL_TRACES_SAMPLER_ARG has to be a number from 0 to 1")
    .transform(Number)
    .default(1)
    .meta({
      description:
        "Share of the traces that begin here and are kept, from 0 to 1; who calls with a trace of their own decides for it.",
      default: "1",
    } satisfies SettingMeta),
  DEMO: oneOf("DEMO", ["on", "off"])
    .default("on")
    .meta({
      description: "Whether an empty database gets the demo workspace at the first start: `on` or `off`.",
      default: "on",
    } satisfies SettingMeta),
});

type SettingName = keyof typeof settings.shape;
export const settingNames = Object.keys(settings.shape) as SettingName[];

/** What the documents say of one setting. */
export function describeSetting(name: SettingName): SettingMeta {
  // Every entry above ends with `.meta(… satisfies SettingMeta)`.
  return settings.shape[name].meta() as unknown as SettingMeta;
}

/** The configuration of one process: frozen, complete, checked. */
export interface Config {
  readonly http: {
    readonly host: string;
    readonly port: number /** Without a trailing slash. */;
    readonly publicUrl: string | undefined;
    /** Of one token, or of one address without a token, at most. */
    readonly requestsPerSecond: number;
    /** CIDRs. */
    readonly trustedProxies: readonly string[];
    /** From the wish to stop to the closing of the doors. */
    readonly drainMs: number;
  };
  readonly data: { /** Absolute. */ readonly directory: string };
  readonly database: {
    readonly url: string | undefined;
    /** PostgreSQL itself, where `url` is a pooler's. */
    readonly directUrl: string | undefined;
    readonly poolSize: number;
  };
  readonly secretKey: string | undefined;
  readonly previousSecretKeys: readonly string[];
  readonly log: { readonly level: (typeof logLevels)[number] };
  readonly roles: { readonly [R in Role]: boolean };
  /** `allowNetworks`: CIDRs. */
  readonly outbound: { readonly allowNetworks: readonly string[] };
  /** In days; messages and history: 0 for ever. */
  readonly keep: {
    readonly messageDays: number;
    readonly historyDays: number;
    readonly deliveryDays: number;
    readonly logDays: number;
  };
  /** `share`: 0 to 1. */
  readonly traces: {
    readonly endpoint: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly serviceName: string;
    readonly share: number;
  };
  readonly demo: boolean;
}

/** Bad settings; `problems` has a line for each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from an environment. Empty values count as absent. Throws `ConfigError` with every problem at once.
 */
export function readConfig(environment: Environment, directory: string = process.cwd()): Config {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const name of settingNames) {
    const value = readSetting(name, environment, problems);
    if (value !== undefined && value !== "") given[name] = value;
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith("REPARTEE_"))
      problems.push(`${name} is not a setting: names have no prefix (docs/operations.md lists them)`);
  }
  const parsed = settings.safeParse(given);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => withValue(issue, given)));
  else if (parsed.data.DATABASE_URL === undefined && parsed.data.ROLES.length < roles.length) {
    problems.push(
      "ROLES has to be web,worker with the embedded database; set DATABASE_URL to split the roles over processes",
    );
  }
  if (given.DATABASE_URL === undefined && given.DATABASE_DIRECT_URL !== undefined)
    problems.push("DATABASE_DIRECT_URL goes beside DATABASE_URL, which is not set");
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return freeze(parsed.data, directory);
}

/** The configuration of this process, from its environment and, where there is one, the file `.env` in the working directory. */
export function readProcessConfig(overrides: Environment = {}): Config {
  // Values of the environment win over those of the file.
  if (existsSync(".env")) process.loadEnvFile(".env");
  return readConfig({ ...process.env, ...overrides });
}

function readSetting(name: SettingName, environment: Environment, problems: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  if (!describeSetting(name).secret || file === undefined || file === "") return environment[name]?.trim();
  if (environment[name]) {
    problems.push(`${name} and ${name}_FILE are both set; keep one`);
    return undefined;
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    problems.push(`${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    return undefined;
  }
}

function withValue(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]) as SettingName;
  return describeSetting(name).secret ? issue.message : `${issue.message}; it is "${given[name]}"`;
}

function freeze(values: z.output<typeof settings>, directory: string): Config {
  return Object.freeze({
    http: Object.freeze({
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL?.replace(/\/+$/, ""),
      requestsPerSecond: values.REQUESTS_PER_SECOND,
      trustedProxies: Object.freeze([...values.TRUSTED_PROXIES]),
      drainMs: values.DRAIN_SECONDS * 1_000,
    }),
    data: Object.freeze({ directory: path.resolve(directory, values.DATA_DIR) }),
    database: Object.freeze({
      url: values.DATABASE_URL,
      directUrl: values.DATABASE_DIRECT_URL,
      poolSize: values.DATABASE_POOL_SIZE,
    }),
    secretKey: values.SECRET_KEY,
    previousSecretKeys: Object.freeze([...(values.SECRET_KEY_PREVIOUS ?? [])]),
    log: Object.freeze({ level: values.LOG_LEVEL }),
    roles: Object.freeze({ web: values.ROLES.includes("web"), worker: values.ROLES.includes("worker") }),
    outbound: Object.freeze({ allowNetworks: Object.freeze([...values.OUTBOUND_ALLOW_NETWORKS]) }),
    keep: Object.freeze({
      messageDays: values.KEEP_MESSAGES_DAYS,
      historyDays: values.KEEP_HISTORY_DAYS,
      deliveryDays: values.KEEP_DELIVERIES_DAYS,
      logDays: values.KEEP_LOGS_DAYS,
    }),
    traces: Object.freeze({
      endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: Object.freeze(Object.fromEntries(values.OTEL_EXPORTER_OTLP_HEADERS.map(toHeader))),
      serviceName: values.OTEL_SERVICE_NAME,
      share: values.OTEL_TRACES_SAMPLER_ARG,
    }),
    demo: values.DEMO === "on",
  });
}

/** As https://opentelemetry.io/docs/specs/otel/protocol/exporter/ has it. */
function toHeader(pair: string): [string, string] {
  const [name = "", ...value] = pair.split("=");
  const text = value.join("=");
  try {
    return [name, decodeURIComponent(text)];
  } catch {
    // Not encoded: as it stands.
    return [name, text];
  }
}

/** Where the world reaches the server: `PUBLIC_URL`, else an address of this machine. `port` is the one really listened on. */
export function publicUrlOf(config: Config, port: number): string {
  if (config.http.publicUrl !== undefined) return config.http.publicUrl;
  const { host } = config.http;
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/** The environment for a program that we start, with some values of its own. */
export function childEnvironment(extra: Readonly<Record<string, string>>): Environment {
  return { ...process.env, ...extra };
}
