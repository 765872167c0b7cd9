import { sql } from "kysely";
import { type AuditChange, type AuditKind, maskedValue } from "../model/audit.ts";
import type { Json } from "../model/field.ts";
import type { Database } from "./database.ts";
import { openSecrets } from "./secret-box.ts";
import type { SecretKey } from "./secret-key.ts";

/** A thing as it stood at one moment: what the audit log calls it, and its settings by name. */
export interface AuditSubject {
  readonly ref: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, Json>>;
  /** Kept to see whether they changed, and never written anywhere. */
  readonly secrets: Readonly<Record<string, Json>>;
}

interface Source {
  /** Gives `id`, `ref` where the key has it, `name`, `workspace_id`, `sealed` where there are secrets; every other column is a setting. */
  readonly rows: string;
  /** What entries of the log name it by. Whoever has a ref is found by its id as well. */
  readonly key: "id" | "ref";
  /** Found by a ref, though named by the id. */
  readonly hasRef?: boolean;
  /** No two of a workspace have the same name. */
  readonly isNameUnique?: boolean;
}

const ofBot = "join bots b on b.id = t.bot_id";

/** Where each kind of thing is read. Of what is not here entries say only that it happened; a contact's name must not outlive the contact, so they say its id alone. */
const sources: Readonly<Partial<Record<AuditKind, Source>>> = {
  workspace: {
    rows: "select id, id as workspace_id, name, time_zone, audit_days, needs_second_factor, assigns_on_reply from workspaces",
    key: "id",
  },
  bot: { rows: "select id, ref, workspace_id, name from bots", key: "id", hasRef: true },
  flow: {
    rows: `select t.id, t.ref, b.workspace_id, t.name, t.published_version from flows t ${ofBot}`,
    key: "ref",
  },
  channel: {
    rows: `select t.id, b.workspace_id, t.name, t.kind, t.status, t.settings, t.secrets as sealed from channels t ${ofBot}`,
    key: "id",
  },
  broadcast: {
    rows: "select id, workspace_id, name, status, audience, actions, per_minute, start_at from broadcasts where deleted_at is null",
    key: "id",
  },
  sequence: {
    rows: `select t.id, t.ref, b.workspace_id, t.name, t.settings, t.steps from sequences t ${ofBot}`,
    key: "ref",
  },
  entry_link: {
    rows: `select t.id, t.ref, b.workspace_id, t.name, f.ref as flow, t.step_ref as step, t.payload, t.data
      from entry_links t ${ofBot} left join flows f on f.id = t.flow_id`,
    key: "ref",
  },
  segment: { rows: "select id, workspace_id, name, condition from segments", key: "id" },
  import: { rows: "select id, workspace_id, name, status, lines, settings from imports", key: "id" },
  tag: { rows: "select id, workspace_id, name from tags", key: "id", isNameUnique: true },
  label: { rows: "select id, workspace_id, name from labels", key: "id", isNameUnique: true },
  field: { rows: "select id, workspace_id, name, key, kind, description from fields", key: "id", isNameUnique: true },
  variable: {
    rows: `select t.id, b.workspace_id, t.name, t.key, t.kind, t.description, t.value from variables t ${ofBot}`,
    key: "id",
  },
  secret: {
    rows: `select t.id, b.workspace_id, t.name, t.key, t.description, t.sealed from secrets t ${ofBot}`,
    key: "id",
  },
  integration: {
    rows: "select id, workspace_id, name, kind, active, settings, secrets as sealed from integrations",
    key: "id",
  },
  webhook: {
    rows: "select id, workspace_id, name, format, url, events, message_match, active, secrets as sealed from webhooks",
    key: "id",
  },
  inbound_webhook: {
    rows: `select t.id, b.workspace_id, t.name, t.flow_ref as flow, t.step_ref as step, t.mapping, t.active from inbound_webhooks t ${ofBot}`,
    key: "id",
  },
  token: {
    rows: "select id, workspace_id, name, kind, scopes, bot_id as bot, revoked_at is not null as revoked from tokens",
    key: "id",
  },
  member: {
    rows: `select t.id, t.workspace_id, coalesce(nullif(u.name, ''), u.email) as name, u.email, t.role
      from members t join users u on u.id = t.user_id`,
    key: "id",
  },
  invitation: { rows: "select id, workspace_id, email as name, role from invitations", key: "id" },
  sales_plan: {
    rows: `select t.id, t.ref, t.workspace_id, t.name, t.currency, t.average_check, t.label, t.distribution,
      (select jsonb_agg(jsonb_build_object('name', s.name, 'kind', s.kind) order by s.place)
        from sales_plan_statuses s where s.plan_id = t.id) as statuses,
      (select jsonb_agg(m.member_id order by m.place) from sales_plan_managers m where m.plan_id = t.id) as managers
      from sales_plans t`,
    key: "ref",
  },
  product: { rows: "select id, workspace_id, name, description, image_url, active from products", key: "id" },
  variant: {
    rows: `select t.id, t.workspace_id, concat_ws(', ', p.name, nullif(t.name, '')) as name, t.sku, t.description, t.price,
      t.compare_price, t.currency, t.active, t.stock from variants t join products p on p.id = t.product_id`,
    key: "id",
  },
  closing_note: {
    rows: `select t.id, b.workspace_id, t.name, t.description, t.require_attachment, t.require_summary from closing_notes t ${ofBot}`,
    key: "id",
  },
  saved_reply: { rows: "select id, workspace_id, shortcut as name, text from saved_replies", key: "id" },
};

/** What a request or an answer names a thing by. */
export interface SubjectKey {
  readonly id?: number | undefined;
  readonly ref?: string | undefined;
  /** Only tags, labels and fields are found by it: other names may be several things'. */
  readonly name?: string | undefined;
}

/** As the caller's transaction sees it. Undefined: there is none in this workspace, or the kind has no settings. */
export async function readAuditSubject(
  db: Database,
  { workspaceId, kind, key }: { readonly workspaceId: number; readonly kind: AuditKind; readonly key: SubjectKey },
  secretKey: SecretKey,
): Promise<AuditSubject | undefined> {
  const source = sources[kind];
  if (source === undefined) return undefined;
  const named = findColumn(source, kind === "workspace" ? { id: workspaceId } : key);
  if (named === undefined) return undefined;
  const { rows } = await sql<{ row: Record<string, Json> }>`
    select to_jsonb(s) as row from (${sql.raw(source.rows)}) s
    where s.workspace_id = ${workspaceId} and ${sql.ref(`s.${named.column}`)} = ${named.value}
  `.execute(db);
  const [found] = rows;
  return found === undefined ? undefined : toSubject(found.row, source, secretKey);
}

/** Doors give what was sent, before anything was checked: what can name nothing is not asked for. */
function findColumn({ key, hasRef, isNameUnique }: Source, { id, ref, name }: SubjectKey) {
  if (ref !== undefined && (key === "ref" || hasRef)) return isText(ref) ? { column: "ref", value: ref } : undefined;
  if (id !== undefined && Number.isSafeInteger(id) && id > 0) return { column: "id", value: id };
  return name !== undefined && isNameUnique && isText(name) ? { column: "name", value: name } : undefined;
}

const isText = (text: string) => text.length <= 300 && text.isWellFormed() && !text.includes("\0");

function toSubject(row: Record<string, Json>, { key }: Source, secretKey: SecretKey): AuditSubject {
  const { id, ref, name, workspace_id: _workspace, sealed, ...settings } = row;
  return {
    ref: String(key === "ref" ? ref : id),
    name: String(name),
    settings: { name: name ?? null, ...mapKeys(settings) },
    secrets: typeof sealed === "string" ? open(sealed, secretKey) : {},
  };
}

/** Where SECRET_KEY was lost, new secrets are the way out: that must not fail here. */
function open(sealed: string, secretKey: SecretKey): Record<string, Json> {
  try {
    return openSecrets(sealed, secretKey);
  } catch {
    return { secrets: sealed };
  }
}

function mapKeys(row: Readonly<Record<string, Json>>): Record<string, Json> {
  const camel = (key: string) => key.replace(/_(\w)/g, (_found, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [camel(key), value]));
}

/** What a value may take of an entry, as JSON; a longer one is cut. */
const maxValueLength = 1_000;

/** The settings that differ. One that is not there is null; so is everything before a thing was made and after it was deleted. */
export function findAuditChanges(before: AuditSubject | undefined, after: AuditSubject | undefined): AuditChange[] {
  const plain = compare(before?.settings, after?.settings, shorten);
  const secret = compare(before?.secrets, after?.secrets, (value) => (isNothing(value) ? null : maskedValue));
  return [...plain, ...secret];
}

function compare(
  before: Readonly<Record<string, Json>> = {},
  after: Readonly<Record<string, Json>> = {},
  show: (value: Json) => unknown,
): AuditChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((setting) => {
    const [old, fresh] = [before[setting] ?? null, after[setting] ?? null];
    if (JSON.stringify(old) === JSON.stringify(fresh)) return [];
    return [{ setting, before: show(old), after: show(fresh) }];
  });
}

const isNothing = (value: Json) => value === null || (typeof value === "object" && Object.keys(value).length === 0);

function shorten(value: Json): unknown {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= maxValueLength ? value : `${text.slice(0, maxValueLength)}…`;
}
