import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { listFormerEmails } from "./email-change-store.ts";
import { bumpRevision } from "./workspace-store.ts";

/** Whose account it is. By the e-mail, and those that it had before, what a person left in workspaces that they were taken out of is found too. */
interface Erased {
  readonly id: number;
  readonly email: string;
}

/**
 * Deletes an account for good, with its sessions, second factor, memberships, invitations and counted tries. What the person wrote and did stays, by the number that they had as a member: their
 * name, their e-mail and the addresses that they came from are in no table any more. Mails about the account are the caller's. Throws `user.last_owner`.
 */
export async function eraseUser(trx: Database, { id }: Pick<Erased, "id">): Promise<void> {
  const user = trx.selectFrom("users").select("email").where("id", "=", id).forUpdate();
  const { email } = await user.executeTakeFirstOrThrow();
  await refuseLastOwner(trx, id);
  for (const one of [email, ...(await listFormerEmails(trx, id))]) await forgetEmail(trx, { id, email: one });
  await sql`delete from sign_in_tries where key in (${`second factor ${id}`}, ${`email change ${id}`})`.execute(trx);
  await trx.deleteFrom("users").where("id", "=", id).execute();
}

/** What is found by one of their e-mails. */
async function forgetEmail(trx: Database, user: Erased): Promise<void> {
  const { email } = user;
  await forgetKeptAnswers(trx, user);
  await forgetInAuditLog(trx, user);
  await forgetInMentions(trx, user);
  await sql`delete from invitations where lower(email) = lower(${email})`.execute(trx);
  // Of somebody else, who wanted it for themselves.
  await sql`delete from email_changes where lower(email) = lower(${email})`.execute(trx);
  await sql`delete from sign_in_tries where ${isKeyOf(email)}`.execute(trx);
}

/** As `http/sign-in` counts them: of the account, and of the account from an address. */
function isKeyOf(email: string) {
  const keys = ["account", "wish"].map((what) => `${what} ${email.toLowerCase()}`);
  return sql`(key = any(${keys}::text[]) or exists (select from unnest(${keys}::text[]) k where starts_with(key, k || ' from ')))`;
}

async function refuseLastOwner(trx: Database, userId: number): Promise<void> {
  const { rows: workspaces } = await sql<{ id: number; domain: string }>`
    select w.id, w.domain from members m join workspaces w on w.id = m.workspace_id where m.user_id = ${userId} order by w.id`.execute(
    trx,
  );
  // Each is locked by it: no two owners go at the same time.
  for (const { id } of workspaces) await bumpRevision(trx, id);
  const { rows } = await sql<{ domain: string }>`
    select w.domain from members m join workspaces w on w.id = m.workspace_id
    where m.user_id = ${userId} and m.role = 'owner' and not exists (
      select from members o where o.workspace_id = w.id and o.user_id <> ${userId} and o.role = 'owner')
    order by w.id`.execute(trx);
  if (rows.length === 0) return;
  const domains = rows.map(({ domain }) => domain).join(", ");
  throw new AppError(
    "user.last_owner",
    say`nobody else owns ${{ domains }}; name another owner there, or delete the workspace`,
  );
}

/** Answers that are kept for a repetition: theirs, and those that name them. */
async function forgetKeptAnswers(trx: Database, { id, email }: Erased): Promise<void> {
  await sql`delete from idempotency_keys where caller in (select 'm' || m.id from members m where m.user_id = ${id})
    or position(lower(${email}) in lower(body::text)) > 0`.execute(trx);
}

/** Settings of a member, in the changes of an entry, which say who it is. */
const naming = ["name", "email"];

/** Entries keep the member's number. Of what was changed elsewhere in the log the e-mail is struck out, wherever it stands. */
async function forgetInAuditLog(trx: Database, { id, email }: Erased): Promise<void> {
  const says = (column: string) => sql`position(lower(${email}) in lower(${sql.raw(column)}::text)) > 0`;
  const { rows: who } = await sql<{ workspaceId: number; member: string }>`
    select workspace_id, id::text as member from members where user_id = ${id}
    union select workspace_id, ref from audit_log where kind = 'account' and lower(name) = lower(${email}) and ref is not null
    union select workspace_id, ref from audit_log where kind = 'member' and ref is not null and exists (
      select from jsonb_array_elements(changes) c
      where c ->> 'setting' = 'email' and lower(${email}) in (lower(c ->> 'before'), lower(c ->> 'after')))`.execute(
    trx,
  );
  const were = sql`unnest(${who.map(({ workspaceId }) => workspaceId)}::bigint[], ${who.map(({ member }) => member)}::text[]) as who (workspace_id, member)`;
  await sql`
    update audit_log a set actor_name = '', address = '' from ${were}
    where a.workspace_id = who.workspace_id and a.actor_kind = 'member' and a.actor_id::text = who.member`.execute(trx);
  await sql`
    update audit_log a set name = null, changes = coalesce((
        select jsonb_agg(c) from jsonb_array_elements(a.changes) c where not (c ->> 'setting' = any(${naming}::text[]))), '[]')
    from ${were}
    where a.workspace_id = who.workspace_id and a.kind in ('account', 'member') and a.ref = who.member`.execute(trx);
  await sql`
    update audit_log a set name = case when ${says("a.name")} then null else a.name end,
      actor_name = case when ${says("a.actor_name")} then '' else a.actor_name end,
      changes = regexp_replace(a.changes::text, ${toPattern(email)}, '…', 'gi')::jsonb
    where ${says("a.name")} or ${says("a.actor_name")} or ${says("a.changes")}`.execute(trx);
}

/** An action may name whom it mentions by e-mail: the event says how it was called. Whose events these are, mentions tell. */
async function forgetInMentions(trx: Database, { id, email }: Erased): Promise<void> {
  await sql`
    update events e set payload = regexp_replace(e.payload::text, ${toPattern(email)}, '…', 'gi')::json
    where e.contact_id in (select n.contact_id from mentions n join members m on m.id = n.member_id where m.user_id = ${id})
      and position(lower(${email}) in lower(e.payload::text)) > 0`.execute(trx);
}

const toPattern = (email: string) => email.replaceAll(/[^\p{L}\p{N}@]/gu, String.raw`\$&`);
