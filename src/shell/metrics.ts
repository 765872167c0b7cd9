import { Counter, Histogram, Registry } from "prom-client";

/** What `/metrics` shows. One registry a process; parts add their own instruments to it here. */
export const registry = new Registry();

export const eventsHandled = new Counter({
  name: "repartee_events_total",
  help: "Events handled, by kind and result",
  labelNames: ["kind", "result"] as const,
  registers: [registry],
});

export const batchSize = new Histogram({
  name: "repartee_batch_events",
  help: "Events in one transaction",
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 400],
  registers: [registry],
});

export const batchSeconds = new Histogram({
  name: "repartee_batch_seconds",
  help: "From the start of a batch to its commit",
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
  registers: [registry],
});

export const sends = new Counter({
  name: "repartee_sends_total",
  help: "Attempts to send a message, by channel kind and result",
  labelNames: ["channel", "result"] as const,
  registers: [registry],
});
