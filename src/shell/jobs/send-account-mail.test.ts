import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import { createUser } from "../../store/member-store.ts";
import { toAccountMailJob, type WrittenMail } from "../account-mail/account-mail.ts";
import { jobKinds } from "./index.ts";

const secretKey = randomBytes(32);
const posted: WrittenMail[] = [];
let database: TestDatabase;
let one: TestShell;
beforeAll(async () => {
  database = await testDatabase();
  const postMail = async (mail: WrittenMail) => {
    posted.push(mail);
    return { kind: "posted" } as const;
  };
  one = await testShell(database, { jobKinds, secretKey, postMail });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

it("is done by a worker if the change that it tells of was made, and else not at all", async () => {
  const { db } = database;
  const tell = (userId: number) =>
    toAccountMailJob(
      {
        kind: "notice",
        notice: "password_changed",
        userId,
        ...{ base: "https://bots.example", address: "10.0.0.1", at: one.clock.now() },
      },
      secretKey,
    );
  const [ann, bob] = [
    await createUser(db, { email: "ann@example.com", name: "Ann" }),
    await createUser(db, { email: "bob@example.com", name: "Bob" }),
  ];
  await db
    .transaction()
    .execute(async (trx) => {
      await one.shell.enqueueJobs(trx, [tell(ann)]);
      throw new Error("the change was not made");
    })
    .catch(() => undefined);
  await db.transaction().execute((trx) => one.shell.enqueueJobs(trx, [tell(bob)]));
  await until("the mail was posted", () => posted.length > 0);
  expect(posted.map(({ to, subject }) => [to, subject])).toEqual([["bob@example.com", "Your password was changed"]]);
});
