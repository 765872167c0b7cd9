import { z } from "zod";
import { parseMailSender, parseSmtpUrl } from "./account-mail-settings.ts";

/** Roles a process can have: `web` answers HTTP, `worker` sends messages and runs timers and jobs. */
export const roles = ["web", "worker"] as const;
export type Role = (typeof roles)[number];

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

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
  ACCOUNT_SMTP_URL: z
    .string()
    .transform((text, context) => {
      const parsed = parseSmtpUrl(text);
      if (parsed === undefined) {
        context.addIssue("ACCOUNT_SMTP_URL has to look like smtps://user:password@smtp.example.com:465");
        return z.NEVER;
      }
      return parsed;
    })
    .optional()
    .meta({
      description:
        "Mail server for what Repartee itself writes to people about their accounts: forgotten passwords, invitations, changes of how they sign in. `smtps://user:password@host:465` or, with STARTTLS, `smtp://user:password@host:587`; `?tls=none` behind it for a server on the same machine. What is no letter or digit in user and password has to be percent-encoded. The server may be an inner one.",
      default: "no such mails",
      secret: true,
    } satisfies SettingMeta),
  ACCOUNT_MAIL_FROM: z
    .string()
    .transform((text, context) => {
      const parsed = parseMailSender(text);
      if (parsed === undefined) {
        context.addIssue("ACCOUNT_MAIL_FROM has to look like Repartee <bots@example.com>");
        return z.NEVER;
      }
      return parsed;
    })
    .optional()
    .meta({
      description: "Whom those mails are from, as `Repartee <bots@example.com>`; goes with `ACCOUNT_SMTP_URL`.",
      default: "no such mails",
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
  METRICS_TOKEN: z
    .string()
    .regex(
      /^[\x21-\x7e]{24,}$/,
      "METRICS_TOKEN has to have 24 characters at least, without spaces; make one with: openssl rand -hex 24",
    )
    .optional()
    .meta({
      description:
        "What `GET /metrics` asks for, as `Authorization: Bearer …`. Absent: it answers whoever gets to it, and the proxy has to keep it from the public.",
      default: "nothing is asked for",
      secret: true,
    } satisfies SettingMeta),
  HSTS_SUBDOMAINS: oneOf("HSTS_SUBDOMAINS", ["on", "off"])
    .default("off")
    .meta({
      description:
        "Whether browsers are told to take https for every name below the one in `PUBLIC_URL` too (`includeSubDomains`): `on` or `off`. Only where all of them have it: a browser keeps to it for two years.",
      default: "off",
    } satisfies SettingMeta),
  DEMO: oneOf("DEMO", ["on", "off"])
    .default("on")
    .meta({
      description: "Whether an empty database gets the demo workspace at the first start: `on` or `off`.",
      default: "on",
    } satisfies SettingMeta),
});

export type SettingName = keyof typeof settings.shape;
export const settingNames = Object.keys(settings.shape) as SettingName[];

/** What the documents say of one setting. */
export function describeSetting(name: SettingName): SettingMeta {
  // Every entry above ends with `.meta(… satisfies SettingMeta)`.
  return settings.shape[name].meta() as unknown as SettingMeta;
}
