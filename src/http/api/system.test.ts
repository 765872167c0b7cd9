import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { registerProcess } from "../../store/outbox-store.ts";
import { notePruning } from "../../store/retention-store.ts";

const email = "ada@example.com";
const password = "correct horse battery";

let server: TestServer;
let mine: Tenant;
let userId: number;
let browser: TestBrowser;
beforeAll(async () => {
  server = await testServer();
  mine = await aTenant(server);
  const { db } = server.database;
  userId = await createUser(db, { email, name: "Ada", passwordHash: await hashPassword(password) });
  await joinWorkspace(db, mine.workspace.id, userId, "owner");
  browser = aBrowser(server, "10.3.0.1");
  await browser.call("POST", "/auth/session", { email, password });
});
afterAll(() => server.close());

const ask = async (path: string) =>
  await browser.call("GET", `/api/v1${path}`, undefined, { "x-workspace": mine.workspace.domain });
const session = async () => (await browser.call("GET", "/auth/session")).json() as { mayWatchOver: boolean };

it("shows who owns everything which processes live, what waits, and what the last night deleted", async () => {
  const { db } = server.database;
  await registerProcess(db, { roles: ["web", "worker"], hasSession: true, release: "1.2.4" });
  await registerProcess(db, { roles: ["worker"], hasSession: true });
  expect((await ask("/system")).json()).toMatchObject({
    release: "1.2.3",
    processes: [
      { roles: ["web", "worker"], release: "1.2.4" },
      { roles: ["worker"], release: null },
    ],
    timers: { overdue: 0 },
    deliveries: { waiting: 0, dead: 0 },
    retention: { days: { messages: 0, deliveries: 30 }, last: null },
  });
  const kept = { messageDays: 60, historyDays: 0, deliveryDays: 30, logDays: 90 };
  const deleted = { messages: 12, events: 0 };
  await notePruning(db, { at: new Date(server.now()), tookMs: 1_500, whole: true, kept, deleted });
  // The worker's word counts, whatever this process was told.
  expect((await ask("/system")).json().retention).toMatchObject({
    days: { messages: 60 },
    last: { tookSeconds: 1.5, whole: true, deleted },
  });
});

it("says what was found, the worst first, so that it can be said in other languages", async () => {
  const { data } = (await ask("/system/findings")).json();
  expect(data).toEqual([
    {
      check: "work.jobs",
      severity: "problem",
      message: "2000 jobs wait in prune",
      form: "{ready} jobs wait in {queue}",
      parameters: { ready: 2000, queue: "prune" },
      advice: { message: "Start a process with the role worker." },
    },
    { check: "work.timers", severity: "ok", message: "Timers are on time" },
  ]);
});

it("is for nobody else: no token, no admin, no owner beside whom somebody has a workspace of their own", async () => {
  const paths = ["/system", "/system/findings"];
  for (const path of paths) expect((await mine.call("GET", path)).json().error.code).toBe("session.not_owner");
  expect((await session()).mayWatchOver).toBe(true);
  const { db } = server.database;
  await db.updateTable("members").set({ role: "admin" }).where("userId", "=", userId).execute();
  expect((await session()).mayWatchOver).toBe(false);
  for (const path of paths) expect((await ask(path)).statusCode).toBe(403);
  await db.updateTable("members").set({ role: "owner" }).where("userId", "=", userId).execute();
  expect((await ask("/system")).statusCode).toBe(200);
  const other = await aTenant(server);
  for (const path of paths) expect((await ask(path)).json().error.code).toBe("session.not_owner");
  expect((await session()).mayWatchOver).toBe(false);
  await joinWorkspace(db, other.workspace.id, userId, "owner");
  expect((await ask("/system")).statusCode).toBe(200);
  // Where a workspace asks for a second factor, what is of it is for those who have one.
  await db.updateTable("workspaces").set({ needsSecondFactor: true }).where("id", "=", other.workspace.id).execute();
  for (const path of paths) expect((await ask(path)).json().error.code).toBe("session.not_owner");
});
