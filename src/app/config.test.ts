import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError, publicUrlOf, readConfig } from "./config.ts";

const folder = mkdtempSync(path.join(tmpdir(), "repartee-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("readConfig", () => {
  it("needs no setting at all", () => {
    expect(readConfig({}, "/srv")).toEqual({
      http: {
        host: "127.0.0.1",
        port: 3000,
        publicUrl: undefined,
        requestsPerSecond: 200,
        trustedProxies: ["127.0.0.0/8", "::1/128"],
        metricsToken: undefined,
        hstsSubdomains: false,
        drainMs: 0,
      },
      data: { directory: path.resolve("/srv/data") },
      database: { url: undefined, directUrl: undefined, poolSize: 10 },
      secretKey: undefined,
      previousSecretKeys: [],
      log: { level: "info" },
      roles: { web: true, worker: true },
      outbound: { allowNetworks: [] },
      keep: { messageDays: 0, historyDays: 0, deliveryDays: 30, logDays: 90 },
      traces: { endpoint: undefined, headers: {}, serviceName: "repartee", share: 1 },
      demo: true,
    });
  });

  it("reads where traces go by their standard names", () => {
    const { traces } = readConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20YQ==, x=100%",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
    });
    expect(traces).toMatchObject({ headers: { authorization: "Basic YQ==", x: "100%" }, share: 0.25 });
    expect(problemsOf({ OTEL_TRACES_SAMPLER_ARG: "2", OTEL_EXPORTER_OTLP_HEADERS: "secret" })).toHaveLength(2);
  });

  it("reads every setting", () => {
    const config = readConfig({
      PORT: "8080",
      HOST: "0.0.0.0",
      PUBLIC_URL: "https://bots.example.com/",
      DATA_DIR: "/var/lib/repartee",
      DATABASE_URL: "postgres://u:p@db/bots",
      DATABASE_DIRECT_URL: "postgres://u:p@itself/bots",
      DATABASE_POOL_SIZE: "30",
      DRAIN_SECONDS: "4",
      KEEP_MESSAGES_DAYS: "365",
      KEEP_HISTORY_DAYS: "90",
      KEEP_DELIVERIES_DAYS: "14",
      KEEP_LOGS_DAYS: "60",
      SECRET_KEY: "k".repeat(32),
      LOG_LEVEL: "debug",
      ROLES: "worker",
      DEMO: "off",
      REQUESTS_PER_SECOND: "50",
      METRICS_TOKEN: "m".repeat(24),
      HSTS_SUBDOMAINS: "on",
      OUTBOUND_ALLOW_NETWORKS: "10.1.0.0/16, fd00::/8",
    });
    expect(config.outbound).toEqual({ allowNetworks: ["10.1.0.0/16", "fd00::/8"] });
    expect(problemsOf({ OUTBOUND_ALLOW_NETWORKS: "10.1.0.0/33" })).toEqual([
      expect.stringContaining("OUTBOUND_ALLOW_NETWORKS has to be a list of networks"),
    ]);
    expect(config.http).toEqual({
      host: "0.0.0.0",
      port: 8080,
      publicUrl: "https://bots.example.com",
      requestsPerSecond: 50,
      trustedProxies: ["127.0.0.0/8", "::1/128"],
      metricsToken: "m".repeat(24),
      hstsSubdomains: true,
      drainMs: 4_000,
    });
    const directUrl = "postgres://u:p@itself/bots";
    expect(config.database).toEqual({ url: "postgres://u:p@db/bots", directUrl, poolSize: 30 });
    expect(config.keep).toEqual({ messageDays: 365, historyDays: 90, deliveryDays: 14, logDays: 60 });
    expect(problemsOf({ METRICS_TOKEN: "short" })).toEqual([expect.stringContaining("24 characters at least")]);
    expect(problemsOf({ KEEP_MESSAGES_DAYS: "7" })).toEqual([expect.stringContaining("at least 30")]);
    expect(problemsOf({ DATABASE_DIRECT_URL: directUrl })).toEqual([expect.stringContaining("beside DATABASE_URL")]);
    expect(config.roles).toEqual({ web: false, worker: true });
    expect(config.demo).toBe(false);
  });

  it("reads the mail server for accounts, and whom its mails are from", () => {
    const mail = (url: string, from = "Repartee <Bots@Example.com>") =>
      readConfig({ ACCOUNT_SMTP_URL: url, ACCOUNT_MAIL_FROM: from }).accountMail;
    expect(mail("smtps://bots%40example.com:p%2Fw@smtp.example.com")).toEqual({
      server: { host: "smtp.example.com", port: 465, tls: "implicit", user: "bots@example.com", password: "p/w" },
      from: { name: "Repartee", address: "Bots@example.com" },
    });
    expect(mail("smtp://smtp.example.com:2525", "bots@example.com")).toMatchObject({
      server: { port: 2525, tls: "starttls", user: "", password: "" },
      from: { name: "", address: "bots@example.com" },
    });
    expect(mail("smtp://[::1]:25?tls=none")?.server).toMatchObject({ host: "::1", port: 25, tls: "none" });
    const from = "bots@example.com";
    const secret = "hunter2";
    for (const url of [
      `https://u:${secret}@host`,
      `smtps://u:${secret}@`,
      `smtps://u:${secret}@host/path`,
      `smtps://u:${secret}@host?tls=none`,
      `smtp://u:${secret}%@host`,
      secret,
    ]) {
      const problems = problemsOf({ ACCOUNT_SMTP_URL: url, ACCOUNT_MAIL_FROM: from });
      expect([url, problems]).toEqual([url, [expect.stringMatching(/^ACCOUNT_SMTP_URL has to look like/)]]);
      expect(problems.join()).not.toContain(secret);
    }
    for (const bad of ["Repartee", "Repartee <bots>", "a@example.com, b@example.com"]) {
      expect(problemsOf({ ACCOUNT_SMTP_URL: "smtp://host", ACCOUNT_MAIL_FROM: bad })).toEqual([
        expect.stringMatching(/^ACCOUNT_MAIL_FROM has to look like/),
      ]);
    }
    for (const half of [{ ACCOUNT_SMTP_URL: "smtp://host" }, { ACCOUNT_MAIL_FROM: from }]) {
      expect(problemsOf(half as Record<string, string>)).toEqual([expect.stringContaining("go together")]);
    }
  });

  it("takes an empty value for an absent one, as compose files write it", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "" }).http.port).toBe(3000);
  });

  it("reports every problem at once, each in a line that names its setting", () => {
    const problems = problemsOf({
      PORT: "http",
      PUBLIC_URL: "bots.example.com",
      DATABASE_URL: "mysql://db",
      SECRET_KEY: "short",
      LOG_LEVEL: "loud",
      ROLES: "web,foo",
      REPARTEE_PORT: "1",
    });
    expect(problems).toHaveLength(7);
    for (const name of ["PORT", "PUBLIC_URL", "DATABASE_URL", "SECRET_KEY", "LOG_LEVEL", "ROLES", "REPARTEE_PORT"]) {
      expect(problems.filter((line) => line.startsWith(name))).toHaveLength(1);
    }
    expect(problems.join("")).not.toContain("\n");
  });

  it.each(["-1", "65536", "3000.5", "0x10", "1e3"])("refuses %s for a port", (PORT) => {
    expect(problemsOf({ PORT })).toEqual([`PORT has to be a whole number from 0 to 65535; it is "${PORT}"`]);
  });

  it("never repeats a secret in a message", () => {
    expect(problemsOf({ SECRET_KEY: "hunter2", DATABASE_URL: "mysql://u:hunter2@db" }).join()).not.toContain("hunter2");
  });

  it("reads a secret from the file that NAME_FILE names", () => {
    const file = path.join(folder, "url");
    writeFileSync(file, "postgres://db/bots\n");
    expect(readConfig({ DATABASE_URL_FILE: file }).database.url).toBe("postgres://db/bots");
  });

  it("refuses a secret given both ways, and a file that cannot be read", () => {
    expect(problemsOf({ SECRET_KEY: "k".repeat(32), SECRET_KEY_FILE: "/x" })).toEqual([
      "SECRET_KEY and SECRET_KEY_FILE are both set; keep one",
    ]);
    expect(problemsOf({ SECRET_KEY_FILE: path.join(folder, "none") })[0]).toMatch(
      /^SECRET_KEY_FILE: .* cannot be read \(ENOENT\)$/,
    );
  });

  it("does not split the roles over processes on the embedded database", () => {
    expect(problemsOf({ ROLES: "web" })[0]).toMatch(/^ROLES has to be web,worker with the embedded database/);
  });

  it("gives a frozen result", () => {
    const config = readConfig({});
    expect(Object.isFrozen(config) && Object.isFrozen(config.http) && Object.isFrozen(config.roles)).toBe(true);
  });
});

describe("publicUrlOf", () => {
  it.each([
    ["127.0.0.1", "http://127.0.0.1:3000"],
    ["0.0.0.0", "http://127.0.0.1:3000"],
    ["::1", "http://[::1]:3000"],
  ])("says where a server on %s is reached", (HOST, url) => {
    expect(publicUrlOf(readConfig({ HOST }), 3000)).toBe(url);
  });
});

it("a file .env that cannot be read ends a command with one line that names it", () => {
  const cwd = path.join(folder, "odd");
  mkdirSync(path.join(cwd, ".env"), { recursive: true });
  const program = path.resolve(import.meta.dirname, "../../bin/repartee.js");
  const { status, stderr } = spawnSync(process.execPath, [program, "migrate"], { cwd, encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^repartee: .*\/odd\/\.env cannot be read \(\w+\): run this as the user that runs the server.*\n$/,
  );
});
