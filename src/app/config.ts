import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import type { AccountMailSettings } from "./account-mail-settings.ts";
import {
  describeSetting,
  type logLevels,
  type Role,
  roles,
  type SettingName,
  settingNames,
  settings,
} from "./settings.ts";

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
    /** What `/metrics` asks for; undefined: nothing. */
    readonly metricsToken: string | undefined;
    /** Names below that of `publicUrl` are on https too. */
    readonly hstsSubdomains: boolean;
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
  /** Undefined: people get no mail about their accounts. */
  readonly accountMail: AccountMailSettings | undefined;
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
  if ((given.ACCOUNT_SMTP_URL === undefined) !== (given.ACCOUNT_MAIL_FROM === undefined))
    problems.push("ACCOUNT_SMTP_URL and ACCOUNT_MAIL_FROM go together; set both or neither");
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return freeze(parsed.data, directory);
}

/** The configuration of this process, from its environment and, where there is one, the file `.env` in the working directory. */
export function readProcessConfig(overrides: Environment = {}): Config {
  // Values of the environment win over those of the file.
  if (existsSync(".env")) loadEnvFile();
  return readConfig({ ...process.env, ...overrides });
}

function loadEnvFile(): void {
  const file = path.resolve(".env");
  try {
    // Node's own word for a file that may not be read is that there is none.
    accessSync(file, constants.R_OK);
    process.loadEnvFile(file);
  } catch (error) {
    throw new ConfigError([
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): run this as the user that runs the server, or let the file's group read it`,
    ]);
  }
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
      metricsToken: values.METRICS_TOKEN,
      hstsSubdomains: values.HSTS_SUBDOMAINS === "on",
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
    accountMail:
      values.ACCOUNT_SMTP_URL === undefined || values.ACCOUNT_MAIL_FROM === undefined
        ? undefined
        : Object.freeze({ server: values.ACCOUNT_SMTP_URL, from: values.ACCOUNT_MAIL_FROM }),
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
