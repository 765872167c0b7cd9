import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { requireContactId } from "../../store/contact-store.ts";
import { createFile } from "../../store/file-store.ts";
import { fileQuery, fileSchema } from "../contract/files.ts";
import { findContentType, toMediaKind } from "../file-type.ts";
import { writeOnce } from "../idempotency.ts";
import { type ApiResource, route } from "./route.ts";

const mostBytes = 10 * 1024 * 1024;

/** Files that agents send: their bytes are the body, whatever they are. */
export const fileResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.addContentTypeParser(
    "application/octet-stream",
    { parseAs: "buffer", bodyLimit: mostBytes },
    async (_request: unknown, body: Buffer) => body,
  );
  app.post(
    "/files",
    {
      ...route(
        {
          id: "uploadFile",
          tag: "Messages",
          summary: "Keep a file that a message is to carry",
          description:
            "The body is the file itself, as `application/octet-stream`, of 10 MiB at most. Its content type is told by its first bytes. The answer's `url` and `kind` go into a message's `attachments`.",
          scope: "messages:write",
          writes: true,
          status: 201,
        },
        { querystring: fileQuery },
        fileSchema,
      ),
      bodyLimit: mostBytes,
    },
    async (request) => {
      const { caller, query, body } = request;
      if (!Buffer.isBuffer(body) || body.length === 0) throw new AppError("file.empty", say`the file has no content`);
      const { name, contact } = query;
      const contactId = contact === undefined ? null : await requireContactId(db, caller, String(contact));
      return await writeOnce(dependencies, request, async (trx) => {
        const { key, contentType, size } = await createFile(trx, {
          workspaceId: caller.workspaceId,
          contactId,
          memberId: caller.member?.id ?? null,
          name,
          contentType: findContentType(body),
          bytes: body,
        });
        const url = `${dependencies.publicUrl}/files/${key}/${encodeURIComponent(name)}`;
        return { url, name, contentType, size, kind: toMediaKind(contentType) };
      });
    },
  );
};
