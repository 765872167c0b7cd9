import { afterAll, beforeAll, expect, it } from "vitest";
import { type MailingServer, mailingServer, tokenIn } from "../../../test/account-mails.ts";
import { aTenant, type Tenant } from "../../../test/server.ts";
import { aBrowser } from "../../../test/signed-in.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { userChangeEmail } from "./user-change-email.ts";

let server: MailingServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await mailingServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const password = "correct horse battery";
const made: JobRequest[] = [];

const change = async (email: string, to: string) =>
  await userChangeEmail.run(
    {
      ...{ database: server.database, secretKey: server.secretKey, config: { accountMail: {} } },
      ...{ publicUrl: "https://bots.example" },
      enqueueJobs: async (_trx: unknown, jobs: readonly JobRequest[]) => void made.push(...jobs),
    } as never,
    { email, to } as never,
  );

it("gives somebody another e-mail, signs them out everywhere, tells the old one, and stands in the audit log", async () => {
  const { db } = server.database;
  const userId = await createUser(db, {
    email: "Ann@example.com",
    name: "",
    passwordHash: await hashPassword(password),
  });
  const { id } = await joinWorkspace(db, tenant.workspace.id, userId, "owner");
  const browser = aBrowser(server, "10.12.0.1");
  const signIn = async (email: string) => await browser.call("POST", "/auth/session", { email, password });
  expect((await signIn("ann@example.com")).statusCode).toBe(200);
  await browser.call("POST", "/auth/email-change", { current: password, email: "wished@example.com" });
  const [wish] = await server.post();

  const { text, data } = await change("ann@example.com", "ann@new.example");
  expect(text).toBe("Ann@example.com signs in with ann@new.example now.");
  expect(data).toEqual({ email: "ann@new.example", before: "Ann@example.com" });
  server.pass(5_000);
  expect((await browser.call("GET", "/auth/session")).json().user).toBeNull();
  expect((await signIn("ann@example.com")).statusCode).toBe(403);
  expect((await signIn("ann@new.example")).statusCode).toBe(200);
  // What was asked for before is over.
  const token = tokenIn(wish, "confirm-email");
  expect((await browser.call("POST", "/auth/email-change/use", { token })).statusCode).toBe(404);
  for (const job of made) await server.work(job);
  const told = server.smtp.taken.at(-1);
  expect([told?.to, told?.mail.subject]).toEqual([["Ann@example.com"], "Your e-mail was changed"]);
  expect(told?.mail.text).toContain("on the server's command line");
  const log = await tenant.call("GET", `/audit-log?operation=changeEmail&kind=account&ref=${id}`);
  expect(log.json().data).toMatchObject([
    {
      actor: { kind: "nobody" },
      address: "command line",
      changes: [{ setting: "email", before: "Ann@example.com", after: "ann@new.example" }],
    },
  ]);
});

it("refuses one that is somebody's, and somebody who is not there", async () => {
  const { db } = server.database;
  await createUser(db, { email: "bob@example.com", name: "" });
  await createUser(db, { email: "eve@example.com", name: "" });
  await expect(change("bob@example.com", "EVE@example.com")).rejects.toMatchObject({ code: "user.email_taken" });
  await expect(change("nobody@example.com", "new@example.com")).rejects.toMatchObject({ code: "user.not_found" });
  expect((await change("bob@example.com", "bob@example.com")).text).toContain("already");
});
