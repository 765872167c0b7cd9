import { Counter, Gauge, Histogram, Registry } from "prom-client";

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

/** Events that this process has taken and not yet put into a batch. */
export const eventsWaiting = new Gauge({
  name: "repartee_events_waiting",
  help: "Events that wait for their batch in this process",
  registers: [registry],
});

const fine = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];

export const eventWaitSeconds = new Histogram({
  name: "repartee_event_wait_seconds",
  help: "From an event's arrival to the start of its batch",
  buckets: fine,
  registers: [registry],
});

export const batchStageSeconds = new Histogram({
  name: "repartee_batch_stage_seconds",
  help: "Parts of a batch: load, advance, write, commit",
  labelNames: ["stage"] as const,
  buckets: fine,
  registers: [registry],
});

export const sendSeconds = new Histogram({
  name: "repartee_send_seconds",
  help: "How long a platform took to take or refuse a message, by channel kind",
  labelNames: ["channel"] as const,
  buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
  registers: [registry],
});

export const timerLateSeconds = new Histogram({
  name: "repartee_timer_late_seconds",
  help: "How long after its time a timer was handed to the waist",
  buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600],
  registers: [registry],
});

export const jobSeconds = new Histogram({
  name: "repartee_job_seconds",
  help: "How long a job ran, by queue and result (done, failed)",
  labelNames: ["queue", "result"] as const,
  buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60],
  registers: [registry],
});

export const accountMails = new Counter({
  name: "repartee_account_mails_total",
  help: "Mails about accounts, by kind (password_reset, email_change, invitation, notice) and result (sent, retried, given_up); what waits is repartee_jobs of the queue send-account-mail",
  labelNames: ["kind", "result"] as const,
  registers: [registry],
});

export const webhookCalls = new Counter({
  name: "repartee_webhook_calls_total",
  help: "Calls of webhooks' receivers, by format and result (delivered, retried, dead)",
  labelNames: ["format", "result"] as const,
  registers: [registry],
});

export const querySeconds = new Histogram({
  name: "repartee_database_query_seconds",
  help: "How long a statement took in the database and on the way, by result (done, failed)",
  labelNames: ["result"] as const,
  buckets: fine,
  registers: [registry],
});
