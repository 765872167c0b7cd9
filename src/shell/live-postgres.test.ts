import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { testDatabase } from "../../test/database.ts";
import { isOnServer } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import { createLocalLive } from "./live.ts";
import { createPostgresLive } from "./live-postgres.ts";

describe.runIf(isOnServer)("processes on one PostgreSQL", () => {
  it("hear of each other's news and jobs, and not of their own", async () => {
    const database = await testDatabase();
    const aProcess = (processId: number, sessionString = database.sessionString) => {
      const [local, jobs, news] = [createLocalLive(), [] as string[], { count: 0 }];
      const live = createPostgresLive({
        db: database.db,
        sessionString,
        local,
        processId,
        hasReaders: () => true,
        onForeignNews: () => {
          news.count += 1;
        },
        onForeignJobs: (kinds) => jobs.push(...kinds),
        log: pino({ level: "silent" }),
      });
      onTestFinished(() => live.stop());
      return { live, jobs, news };
    };
    onTestFinished(() => database.close());
    const [web, worker] = [aProcess(2_000_000_001), aProcess(2_000_000_002)];
    // Until both connections stand, what is told is lost.
    await until("the worker hears of jobs", () => {
      web.live.announceJobs(["run-script", "run-query"]);
      return worker.jobs.includes("run-script") && worker.jobs.includes("run-query");
    });
    await until("and the web process of news", () => {
      worker.live.announce(1);
      return web.news.count > 0;
    });
    const seen: number[] = [];
    web.live.listenToPresence(({ memberId }) => seen.push(memberId));
    worker.live.announcePresence({ workspaceId: 1, botId: 1, contactId: 1, memberId: 7, state: "writing" });
    await until("and of who writes", () => seen.includes(7));
    expect(web.jobs).toEqual([]);
    expect(worker.news.count).toBe(0);
  });

  it("hear of each other where one is behind a pooler and can only look", async () => {
    const database = await testDatabase();
    onTestFinished(() => database.close());
    const aProcess = (processId: number, sessionString: string | undefined) => {
      const heard: number[] = [];
      const local = createLocalLive();
      local.listenToAll((contactId) => heard.push(contactId));
      const live = createPostgresLive({
        db: database.db,
        sessionString,
        local,
        processId,
        hasReaders: () => true,
        onForeignNews: () => undefined,
        onForeignJobs: () => undefined,
        log: pino({ level: "silent" }),
      });
      onTestFinished(() => live.stop());
      return { live, heard };
    };
    const listening = aProcess(2_000_000_003, database.sessionString);
    const [looking, alike] = [aProcess(2_000_000_004, undefined), aProcess(2_000_000_005, undefined)];
    await until("those who look hear of one who listens", () => {
      listening.live.announce(1);
      return looking.heard.includes(1) && alike.heard.includes(1);
    });
    await until("and who listens of one who looks", () => {
      looking.live.announce(2);
      return listening.heard.includes(2) && alike.heard.includes(2);
    });
    alike.live.announce(3);
    await until("each news comes", () => looking.heard.includes(3) && listening.heard.includes(3));
    expect(looking.heard.filter((id) => id === 3)).toHaveLength(1);
  });
});
