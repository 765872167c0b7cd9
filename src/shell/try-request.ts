import { keepAnswer } from "../engine/external-request.ts";
import type { OutboundHttp } from "../engine/outbound.ts";
import { toGlobals, toNames } from "../engine/template.ts";
import type { Contact } from "../model/contact.ts";
import type { AnswerMapping, ExternalRequest, RenderedRequest, RequestReport } from "../model/external-request.ts";
import type { FieldValue, Json } from "../model/field.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import type { Database } from "../store/database.ts";
import type { SecretKey } from "../store/secret-key.ts";
import { openSecretsOf } from "../store/secret-store.ts";
import { loadSnapshot, loadVariables } from "../store/snapshot-store.ts";
import { makeRequest } from "./external-request.ts";

/** What went out, what came back, and what a flow would keep of it. */
export interface TriedRequest {
  readonly request: RenderedRequest | undefined;
  readonly report: RequestReport;
  /** By key; null: cleared. */
  readonly fields: Readonly<Record<string, FieldValue | null>>;
  readonly vars: Readonly<Record<string, FieldValue | null>>;
  /** What a flow would record, and go on. */
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

/** Makes a request for a contact as its step would, once, and tells what would come of it. The contact is not changed. */
export async function tryRequest(
  {
    db,
    outbound,
    secretKey,
    now,
  }: {
    readonly db: Database;
    readonly outbound: OutboundHttp;
    readonly secretKey: SecretKey;
    readonly now: () => number;
  },
  trial: {
    readonly contact: Contact;
    readonly request: ExternalRequest;
    readonly timeoutSeconds: number;
    readonly save: readonly AnswerMapping[];
    readonly vars: Readonly<Record<string, FieldValue>>;
  },
): Promise<TriedRequest> {
  const { contact, request: written, timeoutSeconds, save, vars: values } = trial;
  const { botId } = contact;
  const bot = (await loadSnapshot(db, botId, preparePublishedFlow))?.snapshot;
  if (bot === undefined) throw new Error(`there is no bot ${botId} to its contact`);
  const scope = { contact, bot, variables: (await loadVariables(db, [botId])).get(botId) ?? {}, values };
  const run = {
    request: written,
    names: JSON.parse(JSON.stringify(toNames(scope))) as Json,
    globals: toGlobals(scope, now()),
    timeoutSeconds,
    retries: 0,
    isRepeatable: false,
  };
  const { request, report } = await makeRequest(outbound, run, await openSecretsOf(db, botId, secretKey));
  const fields: Record<string, FieldValue | null> = {};
  const vars: Record<string, FieldValue | null> = {};
  const problems: { code: string; message: string }[] = [];
  const recording = {
    bot,
    contact,
    setField(key: string, value: FieldValue | null) {
      fields[key] = value;
      return true;
    },
    error: (code: string, message: string) => void problems.push({ code, message }),
  };
  if (report.kind === "answered") {
    keepAnswer(recording, report, save, (key, value) => {
      vars[key] = value;
    });
  }
  return { request, report, fields, vars, problems };
}
