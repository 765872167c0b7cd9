import { Readable } from "node:stream";
import { z } from "zod";
import { formatValue } from "../../engine/values.ts";
import { AppError } from "../../model/app-error.ts";
import { type Contact, profileKeys } from "../../model/contact.ts";
import type { Json } from "../../model/field.ts";
import { say } from "../../model/sentence.ts";
import { byteOrderMark, toCsvLine } from "../../shell/write-csv.ts";
import { type ContactPlace, listContactPlaces } from "../../store/contact-list-store.ts";
import { loadVisibleContacts } from "../../store/contact-store.ts";
import type { Database } from "../../store/database.ts";
import { listFields } from "../../store/field-store.ts";
import type { SegmentQuestion } from "../../store/segment-member-store.ts";
import { contactExportQuery } from "../contract/imports.ts";
import { toQuestion } from "./contact-lists.ts";
import { toInstantOrNull } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

const pageSize = 500;
const instant = (at: number | undefined) => toInstantOrNull(at) ?? "";

/** Columns beside the fields: headings that an import of ours guesses aright. */
const plain: Readonly<Record<string, (contact: Contact) => string>> = {
  cuid: ({ cuid }) => cuid,
  ...Object.fromEntries(profileKeys.map((key) => [key, ({ profile }: Contact) => profile[key] ?? ""])),
  tags: ({ tags }) => tags.join(", "),
  labels: ({ labels }) => labels.join(", "),
  sequences: ({ sequences }) => sequences.join(", "),
  channels: ({ identities }) => [...new Set(identities.map(({ channelKind }) => channelKind))].join(", "),
  position: ({ positions }) => positions.map(({ flow, step }) => `${flow} / ${step}`).join(", "),
  createdAt: ({ createdAt }) => instant(createdAt),
  lastInboundAt: ({ lastInboundAt }) => instant(lastInboundAt),
  optedOutAt: ({ optedOutAt }) => instant(optedOutAt),
};

/** Contacts as a file for spreadsheets, and for an import elsewhere. */
export const contactExportResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/contacts/export.csv",
    route(
      {
        tag: "Contacts",
        scope: "contacts:read",
        id: "exportContacts",
        summary: "Contacts as CSV: all, of a segment, or for whom a condition holds",
        description:
          "UTF-8 with a byte order mark. A cell that begins with `=`, `+`, `-` or `@` gets an apostrophe in front, so that no spreadsheet runs it; an import takes it off again.",
      },
      { querystring: contactExportQuery },
      z.any(),
    ),
    async ({ caller, query: { columns, condition, workspace: _workspace, ...ask } }, reply) => {
      const question = await toQuestion(dependencies, caller, {
        ...ask,
        ...(condition === undefined ? {} : { condition: readJson(condition) }),
      });
      const chosen = await chooseColumns(db, caller.workspaceId, columns);
      reply.type("text/csv; charset=utf-8").header("content-disposition", 'attachment; filename="contacts.csv"');
      return reply.send(Readable.from(writeContacts(db, question, chosen)));
    },
  );
};

/** Throws `segment.bad_condition`. */
function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new AppError("segment.bad_condition", say`the condition is no JSON`, { details: { problems: ["no JSON"] } });
  }
}

interface Column {
  readonly heading: string;
  show(contact: Contact): string;
}

/** Throws `request.invalid` where there is no such column. */
async function chooseColumns(db: Database, workspaceId: number, columns: string | undefined): Promise<Column[]> {
  const all = new Map<string, Column>(Object.entries(plain).map(([key, show]) => [key, { heading: key, show }]));
  for (const { key, name } of await listFields(db, workspaceId)) {
    // A field that is called like a column of ours goes by its key.
    const heading = name.toLowerCase() in plain ? key : name;
    all.set(`field.${key}`, { heading, show: ({ fields }) => formatValue(fields[key]) });
  }
  if (columns === undefined) return [...all.values()];
  return columns.split(",").map((key) => {
    const column = all.get(key.trim());
    if (column !== undefined) return column;
    throw new AppError(
      "request.invalid",
      say`there is no column "${{ key }}"; there are ${{ keys: [...all.keys()].join(", ") }}`,
    );
  });
}

async function* writeContacts(
  db: Database,
  question: SegmentQuestion,
  columns: readonly Column[],
): AsyncGenerator<string> {
  yield byteOrderMark + toCsvLine(columns.map(({ heading }) => heading));
  for (let after: ContactPlace | undefined; ; ) {
    const { places, next } = await listContactPlaces(db, question, { order: "oldest", after, limit: pageSize });
    const ids = places.map(({ id }) => id);
    const contacts = await loadVisibleContacts(db, question.access, ids);
    yield contacts.map((contact) => toCsvLine(columns.map(({ show }) => show(contact)))).join("");
    if (next === undefined) return;
    after = next;
  }
}
