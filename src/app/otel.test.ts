import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { putDatabase } from "../../test/embedded-template.ts";
import { aReceiver } from "../../test/receiver.ts";
import { until } from "../../test/until.ts";
import { tracing } from "../shell/tracing.ts";
import { botFileSchema, importBot } from "../store/bot-file.ts";
import { createToken } from "../store/token-store.ts";
import { createWorkspace } from "../store/workspace-store.ts";
import { startApp } from "./compose.ts";
import { readConfig } from "./config.ts";
import { findFlowProblems } from "./find-flow-problems.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-otel-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

const flow = (url: string) => ({
  ref: "ask",
  name: "Ask",
  triggers: [{ kind: "start" as const }, { kind: "default_reply" as const }],
  start: "call",
  steps: [{ ref: "call", kind: "request", config: { method: "POST", url, body: { type: "none" } } }],
  edges: [],
});

describe("traces", () => {
  it("go on from the caller's through request, batch, job and external request, and leave nothing running", async () => {
    const collector = await aReceiver();
    const other = await aReceiver();
    const config = readConfig({
      PORT: "0",
      DATA_DIR: folder,
      DEMO: "off",
      OUTBOUND_ALLOW_NETWORKS: "127.0.0.1/32",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b",
    });
    await putDatabase(folder);
    const app = await startApp(config, pino({ level: "silent" }));
    const { db } = app.database;
    const workspace = await createWorkspace(db, { domain: "mine", name: "Mine" });
    const file = botFileSchema.parse({ kind: "repartee-bot", ref: "shop", name: "S", flows: [flow(`${other.url}/x`)] });
    const { unpublished } = await importBot(db, workspace.id, file, { at: new Date(), findProblems: findFlowProblems });
    expect(unpublished).toEqual([]);
    const wish = { workspaceId: workspace.id, kind: "api", name: "t", scopes: ["*"] } as const;
    const { token } = await createToken(db, wish);
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const call = async (place: string, body: object) => {
      const response = await fetch(`${app.url}/api/v1${place}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          traceparent: `00-${traceId}-b7ad6b7169203331-01`,
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      expect(response.ok, text).toBe(true);
      return JSON.parse(text) as { readonly id?: number };
    };
    const contact = await call("/contacts", { bot: "shop", name: "Ann" });
    const { id } = contact;
    await call(`/contacts/${id}/actions`, { actions: [{ action: "start_flow", args: { flow: "ask" } }] });
    await until("the external request was made", () => other.at("/x").length > 0);
    await app.stop();
    expect(tracing()).toBeUndefined();
    expect(other.at("/x")[0]?.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    const sent = collector.at("/v1/traces");
    expect(sent[0]?.headers["x-key"]).toBe("a b");
    const spans = sent.flatMap(({ body }) =>
      (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[] }).resourceSpans.flatMap(
        ({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
    const mine = spans.filter((span) => span.traceId === traceId);
    const names = new Set(mine.map(({ name }) => name));
    const expected = ["POST /api/v1/contacts", "batch", "load", "advance", "write", "commit", "job external-request"];
    expect([...expected, `POST ${new URL(other.url).host}`].filter((name) => !names.has(name))).toEqual([]);
    const above = (name: string) => {
      const span = mine.find((one) => one.name === name);
      return mine.find(({ spanId }) => spanId === span?.parentSpanId)?.name;
    };
    expect(above("load")).toBe("batch");
    expect(above("job external-request")).toBe("batch");
    expect(above(`POST ${new URL(other.url).host}`)).toBe("job external-request");
    expect(JSON.stringify(spans)).not.toContain("Ann");
    expect(JSON.stringify(spans)).not.toContain(token);
    await collector.close();
    await other.close();
  });
});
