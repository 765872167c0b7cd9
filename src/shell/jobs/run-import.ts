import { z } from "zod";
import { type ImportKeys, type ImportLine, readImportLine } from "../../engine/import-line.ts";
import { toError } from "../../engine/to-error.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { listFields } from "../../store/field-store.ts";
import {
  failImport,
  findImportContent,
  findMakers,
  finishImport,
  getImport,
  type Import,
  type ImportLineRow,
  keepRefusedAlone,
  matchContacts,
  noteImportLines,
  readImportContent,
} from "../../store/import-store.ts";
import type { JobContext, JobKind } from "../jobs.ts";
import { readCsv } from "../read-csv.ts";
import { writeRefusedLines } from "../refused-lines.ts";
import type { SubmitReply } from "../submission.ts";

const dataSchema = z.object({ id: z.number() });
/** Lines that are handed in at once: the waist takes them as batches. */
const pieceSize = 200;

/** Makes the job that checks a file, imports it, or tidies up after it, as its status says. */
export function toImportJob(id: number): JobRequest {
  return { kind: "run-import", data: { id }, group: String(id) };
}

/**
 * Takes the lines of a file one piece after the other, and notes of each piece what became of it. A server that is killed in the middle begins with the first piece that was not noted; lines of that
 * piece which were handed in already are known by their keys.
 */
export const runImport: JobKind = {
  kind: "run-import",
  retryLimit: 50,
  isLeftToNewer: true,
  atOnce: 2,
  perGroup: 1,
  async run(data, context) {
    const { id } = dataSchema.parse(data);
    const found = await getImport(context.db, id);
    if (found?.status === "checking" || found?.status === "running") await goThrough(found, found.status, context);
    await tidyUp(id, context);
  },
};

/** To the file's end, or until somebody cancels it. */
async function goThrough(found: Import, status: "checking" | "running", context: JobContext): Promise<void> {
  const { id } = found;
  const { db, now } = context;
  const content = await readImportContent(db, id);
  const fields = new Map((await listFields(db, found.workspaceId)).map((field) => [field.key, field]));
  const take = status === "checking" ? createCheck(found, context) : createTaker(found, context);
  // A check remembers who would be new: it begins anew.
  const done = status === "checking" ? 0 : found.done;
  try {
    let place = -1;
    let piece: Piece[] = [];
    for await (const { cells, line } of readCsv(content, found.settings)) {
      place += 1;
      if (place <= done) continue;
      const read = readImportLine(cells, { ...found.settings, fields });
      // Who stands there twice has to be there before the second time.
      if (piece.length === pieceSize || sharesKeys(piece, read)) {
        if (!(await noteImportLines(db, found, await take(piece)))) return;
        piece = [];
      }
      piece.push({ place, line, read });
    }
    if (!(await noteImportLines(db, found, await take(piece)))) return;
  } catch (thrown) {
    const error = toError(thrown);
    if (!isUnreadable(error)) throw error;
    await failImport(db, id, error.message, new Date(now()));
    return;
  }
  await finishImport(db, id, status, new Date(now()));
}

/** Once it is over nothing is kept of those who became contacts but the contacts: whoever deletes one has deleted all of them. */
async function tidyUp(id: number, { db }: JobContext): Promise<void> {
  const found = await getImport(db, id);
  if (found?.status !== "finished" && found?.status !== "cancelled") return;
  const content = await findImportContent(db, id);
  if (content === undefined) return;
  let refused = "";
  try {
    for await (const line of writeRefusedLines(db, found, content)) refused += line;
  } catch (thrown) {
    if (!isUnreadable(toError(thrown))) throw thrown;
  }
  await keepRefusedAlone(db, id, Buffer.from(refused));
}

/** It is no CSV, or no more from some line on. */
const isUnreadable = (error: Error) => "code" in error && String(error.code).startsWith("CSV_");

interface Piece {
  readonly place: number;
  readonly line: number;
  readonly read: ImportLine;
}
type Good = Extract<ImportLine, { ok: true }>;
type Take = (piece: readonly Piece[]) => Promise<ImportLineRow[]>;

const namesOf = ({ cuid, clientExternalId, phone, email }: ImportKeys): string[] => [
  ...(cuid === undefined ? [] : [`c ${cuid}`]),
  ...(clientExternalId === undefined ? [] : [`x ${clientExternalId}`]),
  ...(phone === undefined ? [] : [`p ${phone}`]),
  ...(email === undefined ? [] : [`e ${email.toLowerCase()}`]),
];

function sharesKeys(piece: readonly Piece[], read: ImportLine): boolean {
  if (!read.ok) return false;
  const names = new Set(namesOf(read.keys));
  return piece.some((one) => one.read.ok && namesOf(one.read.keys).some((name) => names.has(name)));
}

const refused = ({ place, line }: Piece, reason: string): ImportLineRow => ({ place, line, status: "refused", reason });
const noSuchCuid = (cuid: string | undefined) => `there is no contact with the cuid "${cuid}" in this bot`;

/** Says what would become of lines, and changes nothing. */
function createCheck(found: Import, { db }: JobContext): Take {
  const newcomers = new Set<string>();
  return async (piece) => {
    const good = piece.flatMap(({ read }) => (read.ok ? [read] : []));
    const ids = await matchContacts(
      db,
      found,
      good.map(({ keys }) => keys),
    );
    const known = new Map(good.map((read, index) => [read, ids[index]]));
    return piece.map((one) => {
      const { place, line, read } = one;
      if (!read.ok) return refused(one, read.reason);
      const names = namesOf(read.keys);
      const isKnown = known.get(read) !== undefined || names.some((name) => newcomers.has(name));
      if (!isKnown && read.keys.cuid !== undefined) return refused(one, noSuchCuid(read.keys.cuid));
      for (const name of names) newcomers.add(name);
      return { place, line, status: isKnown ? "updated" : "created", reason: null };
    });
  };
}

/** Hands lines in, as actions on the contacts that they mean or make. */
function createTaker(found: Import, context: JobContext): Take {
  const { db } = context;
  return async (piece) => {
    const good = piece.flatMap(({ read }) => (read.ok ? [read] : []));
    const ids = await matchContacts(
      db,
      found,
      good.map(({ keys }) => keys),
    );
    const known = new Map(good.map((read, index) => [read, ids[index]]));
    const taken = await Promise.all(
      piece.map(async (one) => ({
        one,
        ...(await handIn(found, one, one.read.ok ? known.get(one.read) : undefined, context)),
      })),
    );
    const repeated = taken.flatMap(({ reply }) => (reply?.status === "duplicate" ? [reply.eventId ?? 0] : []));
    const makers = await findMakers(db, repeated);
    return taken.map(({ one, reply, reason, isNew }): ImportLineRow => {
      if (reply === undefined || reason !== undefined) return refused(one, reason ?? "could not be handed in");
      const made = reply.status === "duplicate" ? makers.has(reply.eventId ?? 0) : isNew;
      return { place: one.place, line: one.line, status: made ? "created" : "updated", reason: null };
    });
  };
}

interface Taken {
  readonly reply?: SubmitReply;
  readonly reason?: string;
  readonly isNew: boolean;
}

async function handIn(
  found: Import,
  { place, read }: Piece,
  contactId: number | undefined,
  context: JobContext,
): Promise<Taken> {
  if (!read.ok) return { reason: read.reason, isNew: false };
  if (contactId === undefined && read.keys.cuid !== undefined)
    return { reason: noSuchCuid(read.keys.cuid), isNew: false };
  const reply = await submitLine(found, place, read, contactId, context);
  // Somebody has made the contact meanwhile.
  if (reply.status === "refused" && reply.code === "contact.exists") {
    const [now] = await matchContacts(context.db, found, [read.keys]);
    if (now !== undefined) return toTaken(await submitLine(found, place, read, now, context), false);
  }
  return toTaken(reply, contactId === undefined);
}

function toTaken(reply: SubmitReply, isNew: boolean): Taken {
  if (reply.status === "refused") return { reply, reason: reply.message, isNew };
  const bad = reply.results?.find(({ ok }) => !ok);
  return bad?.ok === false ? { reply, reason: bad.error.message, isNew } : { reply, isNew };
}

async function submitLine(
  { id, botId }: Import,
  place: number,
  { keys, calls }: Good,
  contactId: number | undefined,
  { submit }: JobContext,
): Promise<SubmitReply> {
  const { phone, email, clientExternalId } = keys;
  return await submit({
    target:
      contactId === undefined ? { create: { botId, unlessKnown: { phone, email, clientExternalId } } } : { contactId },
    happening: { kind: "actions", actions: calls },
    source: "import",
    dedupeKey: `im${id}:${place}`,
  });
}
