import { Readable } from "node:stream";
import { z } from "zod";
import { guessMapping } from "../../engine/import-line.ts";
import { toError } from "../../engine/to-error.ts";
import { AppError } from "../../model/app-error.ts";
import { type ImportSettings, maxImportBytes } from "../../model/import.ts";
import { type Sentence, say } from "../../model/sentence.ts";
import { toImportJob } from "../../shell/jobs/run-import.ts";
import { findEncoding, findSeparator, readCsv } from "../../shell/read-csv.ts";
import { writeRefusedLines } from "../../shell/refused-lines.ts";
import { byteOrderMark, toCsvLine } from "../../shell/write-csv.ts";
import { requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { listFields } from "../../store/field-store.ts";
import {
  changeImport,
  countImportLines,
  createImport,
  findRefusedFile,
  type Import,
  listImports,
  listRefusedLines,
  moveImport,
  readImportContent,
  requireImport,
} from "../../store/import-store.ts";
import { idParams, pageOf } from "../contract/common.ts";
import {
  importChangeSchema,
  importLineQuery,
  importLineSchema,
  importPreviewSchema,
  importSchema,
  importUploadQuery,
  workspaceQuery,
} from "../contract/imports.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

const tag = "Imports";
const read = { tag, scope: "contacts:read" } as const;
const write = { tag, scope: "contacts:write", writes: true } as const;
const sampleSize = 5;
const maxColumns = 500;

async function present(db: Database, found: Import) {
  const { id, botId, name, status, error, lines, done, settings, createdAt, startedAt, endedAt } = found;
  const { separator, encoding, mapping, tags } = settings;
  return {
    ...{ id, botId, name, status, error, lines, done, separator, encoding, mapping: [...mapping], tags: [...tags] },
    counts: { ...(await countImportLines(db, id)) },
    createdAt: toInstant(createdAt),
    startedAt: toInstantOrNull(startedAt),
    endedAt: toInstantOrNull(endedAt),
  };
}

async function presentWith(db: Database, found: Import, { columns, sample }: Look) {
  return { ...(await present(db, found)), columns: [...columns], sample: sample.map((cells) => [...cells]) };
}

interface Look {
  readonly columns: readonly string[];
  readonly sample: readonly (readonly string[])[];
  readonly lines: number;
}

/** The heading, the first records, and how many there are. Throws `import.bad_file`. */
async function lookInto(content: Buffer, settings: Pick<ImportSettings, "separator" | "encoding">): Promise<Look> {
  const bad = (sentence: Sentence) => new AppError("import.bad_file", sentence);
  let columns: readonly string[] | undefined;
  const sample: (readonly string[])[] = [];
  let lines = 0;
  try {
    for await (const { cells } of readCsv(content, settings)) {
      if (columns === undefined) columns = cells;
      else {
        lines += 1;
        if (sample.length < sampleSize) sample.push(cells);
      }
    }
  } catch (thrown) {
    throw bad(say`the file cannot be read as CSV: ${{ why: toError(thrown).message }}`);
  }
  if (columns === undefined) throw bad(say`the file is empty`);
  if (columns.length > maxColumns)
    throw bad(say`the file has ${{ columns: columns.length }} columns; ${{ maxColumns }} are the most`);
  if (lines === 0) throw bad(say`the file has a heading and no line after it`);
  return { columns, sample, lines };
}

/** Throws `import.too_large`. */
async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxImportBytes) throw new AppError("import.too_large", say`the file is larger than 20 MB; split it`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Contacts from files: uploaded, read rightly, checked, and then imported by a job. */
export const importResource: ApiResource = (app, dependencies) => {
  const { db, now } = dependencies;
  app.addContentTypeParser("text/csv", (_request, payload, done) => done(null, payload));
  app.post(
    "/imports",
    {
      ...route(
        {
          ...{ tag, scope: "contacts:write", status: 201 },
          id: "uploadImport",
          summary: "Upload a CSV file",
          description:
            "The body is the file, as `text/csv`, 20 MB at most. The answer says how it was read and what each column was taken as; nothing is imported yet.",
        },
        { querystring: importUploadQuery },
        importPreviewSchema,
      ),
      bodyLimit: 2 * maxImportBytes,
    },
    async ({ caller, query, body }) => {
      const bot = await requireBot(db, caller, query.bot);
      if (!(body instanceof Readable)) throw new AppError("import.bad_file", say`send the file as text/csv`);
      const content = await collect(body);
      const encoding = findEncoding(content);
      const separator = findSeparator(content, encoding);
      const look = await lookInto(content, { encoding, separator });
      const mapping = guessMapping(look.columns, await listFields(db, caller.workspaceId));
      const made = await createImport(db, {
        workspaceId: caller.workspaceId,
        botId: bot.id,
        name: query.name,
        settings: { separator, encoding, mapping, tags: [] },
        lines: look.lines,
        content,
        at: new Date(now()),
      });
      return await presentWith(db, made, look);
    },
  );
  app.patch(
    "/imports/:id",
    route(
      {
        ...write,
        id: "changeImport",
        summary: "Read the file otherwise, or take its columns as something else",
        description: "With another separator or encoding the columns are guessed anew, unless `mapping` is given too.",
      },
      { params: idParams, body: importChangeSchema },
      importPreviewSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      const old = await requireImport(db, caller, params.id);
      const separator = body.separator ?? old.settings.separator;
      const encoding = body.encoding ?? old.settings.encoding;
      const look = await lookInto(await readImportContent(db, old.id), { separator, encoding });
      const isSame = separator === old.settings.separator && encoding === old.settings.encoding;
      const guessed = isSame
        ? old.settings.mapping
        : guessMapping(look.columns, await listFields(db, caller.workspaceId));
      const mapping = body.mapping ?? guessed;
      if (mapping.length !== look.columns.length) {
        throw new AppError(
          "request.invalid",
          say`the file has ${{ columns: look.columns.length }} columns, the mapping ${{ mapping: mapping.length }}`,
        );
      }
      const settings = { separator, encoding, mapping, tags: body.tags ?? old.settings.tags };
      return await writeOnce(dependencies, request, async (trx) => {
        const changed = await changeImport(trx, old, { settings, lines: look.lines });
        return await presentWith(trx, changed, look);
      });
    },
  );
  addSteps(app, dependencies);
  addReads(app, dependencies);
};

const steps = {
  check: ["checking", "Find out what an import would do: who would be new, changed, refused"],
  start: ["running", "Import the file"],
  cancel: ["cancelled", "End an import; what is done stays done"],
} as const;

const addSteps: ApiResource = (app, dependencies) => {
  const { now, enqueueJobs } = dependencies;
  for (const step of ["check", "start", "cancel"] as const) {
    const [status, summary] = steps[step];
    app.post(
      `/imports/:id/${step}`,
      route({ ...write, id: `${step}Import`, summary }, { params: idParams }, importSchema),
      async (request) =>
        await writeOnce(dependencies, request, async (trx) => {
          const found = await requireImport(trx, request.caller, request.params.id);
          const moved = await moveImport(trx, found, status, new Date(now()));
          // Ending it is a job's work too: of the file only what was refused is kept.
          await enqueueJobs(trx, [toImportJob(moved.id)]);
          return await present(trx, moved);
        }),
    );
  }
};

function addReads(app: ApiApp, { db }: Parameters<ApiResource>[1]): void {
  app.get(
    "/imports",
    route(
      { ...read, id: "listImports", summary: "List imports, newest first" },
      { querystring: importLineQuery },
      pageOf(importSchema),
    ),
    async ({ caller, query: { limit, cursor } }) => {
      const rows = await listImports(db, caller, { before: decodeCursor(cursor)?.[0], limit: limit + 1 });
      const bodies = await Promise.all(rows.map((row) => present(db, row)));
      return toPage(bodies, limit, { present: (body) => body, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/imports/template.csv",
    route(
      { ...read, id: "importTemplate", summary: "A file with the headings that an import understands" },
      { querystring: workspaceQuery },
      z.any(),
    ),
    async ({ caller }, reply) => {
      const fields = await listFields(db, caller.workspaceId);
      const headings = ["name", "email", "phone", "clientExternalId", "tags", ...fields.map(({ key }) => key)];
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="import-template.csv"')
        .send(byteOrderMark + toCsvLine(headings));
    },
  );
  app.get(
    "/imports/:id",
    route(
      { ...read, id: "getImport", summary: "Read an import and how far it is" },
      { params: idParams },
      importSchema,
    ),
    async ({ caller, params }) => await present(db, await requireImport(db, caller, params.id)),
  );
  app.get(
    "/imports/:id/preview",
    route(
      { ...read, id: "previewImport", summary: "The heading and the first records of the file, as they are read" },
      { params: idParams },
      importPreviewSchema,
    ),
    async ({ caller, params }) => {
      const found = await requireImport(db, caller, params.id);
      return await presentWith(db, found, await lookInto(await readImportContent(db, found.id), found.settings));
    },
  );
  app.get(
    "/imports/:id/refused",
    route(
      { ...read, id: "listRefusedLines", summary: "Lines that were refused, or after a check would be, and why" },
      { params: idParams, querystring: importLineQuery },
      pageOf(importLineSchema),
    ),
    async ({ caller, params, query: { limit, cursor } }) => {
      const { id } = await requireImport(db, caller, params.id);
      const rows = await listRefusedLines(db, id, { after: decodeCursor(cursor)?.[0], limit: limit + 1 });
      return toPage(rows, limit, {
        present: ({ line, reason }) => ({ line, reason }),
        placeOf: ({ place }) => [place],
      });
    },
  );
  app.get(
    "/imports/:id/refused.csv",
    route(
      {
        ...read,
        id: "downloadRefusedLines",
        summary: "The refused lines as a file, with the reasons: to correct and upload",
      },
      { params: idParams, querystring: workspaceQuery },
      z.any(),
    ),
    async ({ caller, params }, reply) => {
      const found = await requireImport(db, caller, params.id);
      const kept = await findRefusedFile(db, found.id);
      const lines = kept ?? writeRefusedLines(db, found, await readImportContent(db, found.id));
      reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="refused-${found.id}.csv"`);
      return reply.send(Readable.from(lines));
    },
  );
}
