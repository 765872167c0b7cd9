import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { insertMetricsTable, listMetrics } from "./metrics-docs.ts";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

/** Names of ours in a PromQL expression, without what a histogram's series append. */
function metricsIn(expression: string): string[] {
  return (expression.match(/\b(?:repartee|process|nodejs)_\w+/g) ?? []).map((name) =>
    name.replace(/_(?:bucket|count|sum)$/, ""),
  );
}
const known = new Map(listMetrics().map((metric) => [metric.name, metric]));
const ofNode = new Set(["process_resident_memory_bytes", "nodejs_eventloop_lag_p99_seconds"]);

/** What an expression asks for that no process shows: metrics, and labels of selectors and groups. */
function problemsOf(expression: string): string[] {
  const names = metricsIn(expression);
  const problems = names.filter((name) => !known.has(name) && !ofNode.has(name));
  const labels = new Set(["le", "job", "instance", ...names.flatMap((name) => known.get(name)?.labels ?? [])]);
  const used = [
    ...[...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(",").map((one) => one.trim())),
    ...[...expression.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)"/g)].map(([, label = ""]) => label),
  ];
  problems.push(...used.filter((label) => !labels.has(label)));
  if (names.length === 0) problems.push(`no metric in ${expression}`);
  for (const series of expression.match(/\brepartee_\w+_bucket\b/g) ?? []) {
    if (known.get(series.replace(/_bucket$/, ""))?.type !== "histogram") problems.push(`${series} is no histogram`);
  }
  return problems;
}

describe("the documented metrics", () => {
  it("are those that a process shows", () => {
    expect(read("docs/operations.md")).toBe(insertMetricsTable(read("docs/operations.md")));
  });

  it("have no labels whose values anybody outside could multiply, or that would name a person", () => {
    const allowed = [
      "kind",
      "result",
      "stage",
      "channel",
      "lane",
      "queue",
      "state",
      "status",
      "roles",
      "pool",
      "format",
    ];
    const http = ["method", "route", "status"];
    for (const { name, labels } of known.values()) {
      expect([name, labels.filter((label) => ![...allowed, ...http].includes(label))]).toEqual([name, []]);
    }
  });
});

/** As far as Grafana's model says: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
const dashboardSchema = z.object({
  uid: z.string().max(40),
  title: z.string().min(1),
  schemaVersion: z.number().int().min(36),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), type: z.enum(["datasource", "query"]) })) }),
  panels: z.array(
    z.looseObject({
      id: z.number().int(),
      type: z.enum(["row", "timeseries", "stat"]),
      title: z.string().min(1),
      gridPos: z.object({
        h: z.number().int().positive(),
        w: z.number().int().min(1).max(24),
        x: z.number().int().min(0).max(23),
        y: z.number().int().min(0),
      }),
      targets: z
        .array(z.looseObject({ refId: z.string(), expr: z.string().min(1), legendFormat: z.string() }))
        .optional(),
    }),
  ),
});

describe("the Grafana dashboard", () => {
  const dashboard = dashboardSchema.parse(JSON.parse(read("deploy/grafana/repartee.json")));
  const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it("is what Grafana takes, with panels of their own ids that do not lie on each other", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it.each(queries)("asks for what there is: %s", (query) => {
    expect(problemsOf(query)).toEqual([]);
  });

  it("shows every metric of ours", () => {
    const shown = new Set(queries.flatMap(metricsIn));
    expect([...known.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });
});

const alertsSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Repartee[A-Za-z]+$/),
          expr: z.string(),
          for: z.string().regex(/^\d+[smh]$/),
          labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
          annotations: z.strictObject({ summary: z.string().min(10), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

describe("the alerts", () => {
  const { groups } = alertsSchema.parse(parse(read("deploy/prometheus/alerts.yaml")));
  const rules = groups.flatMap((group) => group.rules);
  const operations = read("docs/operations.md");

  it.each(rules)("$alert asks for what there is, and the documents say what to do", ({ alert, expr, annotations }) => {
    expect(problemsOf(expr)).toEqual([]);
    expect(operations).toContain(`#### ${alert}\n`);
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  });

  it("are found wrong where they ask for what there is not", () => {
    expect(problemsOf("max by (nothing) (repartee_absent_total)")).toEqual(["repartee_absent_total", "nothing"]);
  });
});
