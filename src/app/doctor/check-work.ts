import { type Finding, ok, problem, warning } from "../../model/finding.ts";
import { quote, type Sentence, say } from "../../model/sentence.ts";
import type { OpenDatabase } from "../../store/database.ts";
import { listAilingWebhooks } from "../../store/webhook-state-store.ts";
import {
  countGivenUp,
  countJobs,
  countOpenDeliveries,
  countOutbox,
  countOverdueTimers,
  countProcesses,
} from "../../store/work-store.ts";

const lateSeconds = 60;
const manyJobs = 1_000;

/** What waits, and whether somebody works on it. */
export async function checkWork(database: OpenDatabase, now: () => number): Promise<Finding[]> {
  const { db } = database;
  const processes = await countProcesses(db);
  const has = (role: string) => processes.some(({ roles }) => roles.includes(role));
  const hasWorker = has("worker");
  const findings: Finding[] = [judgeProcesses({ hasWeb: has("web"), hasWorker })];
  const slow = hasWorker
    ? say`See the log, and the database's findings here; more workers help where the processor is the limit.`
    : say`Start a worker: it catches up, nothing is lost.`;
  // Late while nobody works on it is what is to be expected.
  const judge = hasWorker ? problem : warning;
  const timers = await countOverdueTimers(db, now());
  findings.push(
    timers.oldestSeconds > lateSeconds
      ? judge(
          "work.timers",
          say`${{ waits: timers.positions }} waits should be over, the oldest for ${{ seconds: Math.round(timers.oldestSeconds) }} s`,
          slow,
        )
      : ok("work.timers", say`Timers are on time`),
  );
  for (const { kind, lane, messages, lateSeconds: late } of await countOutbox(db)) {
    const what =
      lane === "live"
        ? say`${{ messages }} messages wait to leave on ${{ messenger: kind }}`
        : say`${{ messages }} messages of broadcasts wait to leave on ${{ messenger: kind }}`;
    if (lane === "live" && late > lateSeconds)
      findings.push(
        judge(
          "work.outbox",
          say`${{ what }}, the oldest for ${{ seconds: Math.round(late) }} s`,
          say`See what the channels say here. ${{ slow }}`,
        ),
      );
    else findings.push(ok("work.outbox", what));
  }
  findings.push(...(await checkJobs(database, slow)), ...(await checkWebhooks(database)));
  return findings;
}

/** Stopped is what a server may be; half of it is what nobody wants. */
function judgeProcesses({ hasWeb, hasWorker }: { readonly hasWeb: boolean; readonly hasWorker: boolean }): Finding {
  const check = "work.processes";
  if (hasWeb && hasWorker) return ok(check, say`Processes with the roles web and worker live`);
  if (hasWeb)
    return problem(
      check,
      say`No process with the role worker lives: nothing is sent, no timer fires, no job runs`,
      say`Start a process with the role worker.`,
    );
  if (hasWorker)
    return problem(
      check,
      say`No process with the role web lives: no page and no call is answered, and messengers are not heard`,
      say`Start a process with the role web.`,
    );
  return warning(
    check,
    say`The server does not run: nobody is answered and nothing is sent`,
    say`Start it: it catches up, nothing is lost.`,
  );
}

async function checkJobs({ db, jobSchema }: OpenDatabase, advice: Sentence): Promise<Finding[]> {
  const queues = await countJobs(db, jobSchema);
  const findings: Finding[] = [];
  for (const { queue, ready, failed: counted } of queues) {
    // Looked at only where there are some: the queue's own count costs nothing.
    const failed = counted === 0 ? 0 : await countGivenUp(db, jobSchema, queue);
    if (ready > manyJobs) findings.push(warning("work.jobs", say`${{ ready }} jobs wait in ${{ queue }}`, advice));
    if (failed > 0) {
      findings.push(
        warning(
          "work.jobs_failed",
          say`${{ failed }} jobs of ${{ queue }} were given up`,
          say`The log says why ("a job failed"). They are forgotten after a week.`,
        ),
      );
    }
  }
  return findings.length === 0 && queues.length > 0 ? [ok("work.jobs", say`Jobs are taken up`)] : findings;
}

async function checkWebhooks({ db }: OpenDatabase): Promise<Finding[]> {
  const ailing = await listAilingWebhooks(db);
  const { dead } = await countOpenDeliveries(db);
  const findings = ailing.map(({ id, domain, host, error }) =>
    warning(
      "webhooks.failing",
      say`The webhook ${{ id }} of the workspace "${{ workspace: domain }}" to ${{ host }} fails: ${{ why: quote(error) }}`,
      say`Its receiver has to answer 2xx within ten seconds; tell whoever runs it.`,
    ),
  );
  if (dead > 0) {
    findings.push(
      warning(
        "webhooks.dead",
        say`${{ dead }} deliveries to webhooks were given up`,
        say`They can be sent again from the webhook's page until they are forgotten (KEEP_DELIVERIES_DAYS).`,
      ),
    );
  }
  return findings.length === 0 ? [ok("webhooks.failing", say`No webhook fails`)] : findings;
}
