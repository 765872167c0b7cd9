import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { testServer } from "../../test/server.ts";
import { buildHealthApp } from "./app.ts";

const metricsToken = "k".repeat(32);
const log = pino({ level: "silent" });

it("keeps what it counts to who has the token, where one is set, and says to everybody that it lives", async () => {
  const server = await testServer({ metricsToken });
  onTestFinished(() => server.close());
  // A process without doors keeps to it as well.
  for (const app of [server.app, buildHealthApp({ log, isReady: async () => true, metricsToken })]) {
    const ask = (authorization?: string) =>
      app.inject({ url: "/metrics", headers: authorization === undefined ? {} : { authorization } });
    for (const wrong of [
      undefined,
      "",
      "Bearer",
      `Bearer ${metricsToken}x`,
      `Bearer ${"x".repeat(32)}`,
      `Basic ${metricsToken}`,
    ]) {
      const refused = await ask(wrong);
      expect([wrong, refused.statusCode, refused.json().error.code]).toEqual([wrong, 401, "metrics.token_needed"]);
      expect(refused.headers["www-authenticate"]).toBe("Bearer");
      expect(refused.body).not.toContain("process_cpu_seconds_total");
    }
    const told = await ask(`Bearer ${metricsToken}`);
    expect(told.statusCode).toBe(200);
    expect(told.body).toContain("repartee_events_total");
    expect((await app.inject("/health/live")).json()).toEqual({ status: "live" });
  }
});

it("asks for nothing where no token is set", async () => {
  const app = buildHealthApp({ log, isReady: async () => true });
  expect((await app.inject("/metrics")).statusCode).toBe(200);
});
