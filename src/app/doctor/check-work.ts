import type { OpenDatabase } from "../../store/database.ts";
import { listAilingWebhooks } from "../../store/webhook-state-store.ts";
import {
  countJobs,
  countOpenDeliveries,
  countOutbox,
  countOverdueTimers,
  countProcesses,
} from "../../store/work-store.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const lateSeconds = 60;
const manyJobs = 1_000;

/** What waits, and whether somebody works on it. */
export async function checkWork(database: OpenDatabase, now: () => number): Promise<Finding[]> {
  const { db } = database;
  const hasWorker = (await countProcesses(db)).some(({ roles }) => roles.includes("worker"));
  const findings: Finding[] = [
    hasWorker
      ? ok("work.processes", "A process with the role worker lives")
      : warning(
          "work.processes",
          "No process with the role worker lives: nothing is sent, no timer fires, no job runs",
          "Start the server.",
        ),
  ];
  const slow = hasWorker
    ? "See the log, and the database's findings here; more workers help where the processor is the limit."
    : "Start the server: it catches up, nothing is lost.";
  // Late while nobody works on it is what is to be expected.
  const judge = hasWorker ? problem : warning;
  const timers = await countOverdueTimers(db, now());
  findings.push(
    timers.oldestSeconds > lateSeconds
      ? judge(
          "work.timers",
          `${timers.positions} waits should be over, the oldest for ${Math.round(timers.oldestSeconds)} s`,
          slow,
        )
      : ok("work.timers", "Timers are on time"),
  );
  for (const { kind, lane, messages, lateSeconds: late } of await countOutbox(db)) {
    const what = `${messages} ${lane === "live" ? "messages" : "messages of broadcasts"} wait to leave on ${kind}`;
    if (lane === "live" && late > lateSeconds)
      findings.push(
        judge(
          "work.outbox",
          `${what}, the oldest for ${Math.round(late)} s`,
          `See what the channels say here. ${slow}`,
        ),
      );
    else findings.push(ok("work.outbox", what));
  }
  findings.push(...(await checkJobs(database, slow)), ...(await checkWebhooks(database)));
  return findings;
}

async function checkJobs({ db, jobSchema }: OpenDatabase, advice: string): Promise<Finding[]> {
  const queues = await countJobs(db, jobSchema);
  const findings: Finding[] = [];
  for (const { queue, ready, failed } of queues) {
    if (ready > manyJobs) findings.push(warning("work.jobs", `${ready} jobs wait in ${queue}`, advice));
    if (failed > 0) {
      findings.push(
        warning(
          "work.jobs_failed",
          `${failed} jobs of ${queue} were given up`,
          'The log says why ("a job failed"). They are forgotten after a week.',
        ),
      );
    }
  }
  return findings.length === 0 && queues.length > 0 ? [ok("work.jobs", "Jobs are taken up")] : findings;
}

async function checkWebhooks({ db }: OpenDatabase): Promise<Finding[]> {
  const ailing = await listAilingWebhooks(db);
  const { dead } = await countOpenDeliveries(db);
  const findings = ailing.map(({ id, domain, host, error }) =>
    warning(
      "webhooks.failing",
      `The webhook ${id} of the workspace "${domain}" to ${host} fails: ${error}`,
      "Its receiver has to answer 2xx within ten seconds; tell whoever runs it.",
    ),
  );
  if (dead > 0) {
    findings.push(
      warning(
        "webhooks.dead",
        `${dead} deliveries to webhooks were given up`,
        "They can be sent again from the webhook's page; after 30 days they are forgotten.",
      ),
    );
  }
  return findings.length === 0 ? [ok("webhooks.failing", "No webhook fails")] : findings;
}
