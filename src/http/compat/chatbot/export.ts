import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { listContacts } from "../../../store/contact-store.ts";
import { listFields } from "../../../store/field-store.ts";
import { tagStore } from "../../../store/tag-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { done } from "./answers.ts";
import { presentUser, type User } from "./user.ts";

const pageSize = 500;
const columns = ["id", "userId", "banned", "conversations", "createdAt", "lastSeen"] as const;

/** All users as CSV, at an address that wants the same token. */
export function exportRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  app.post("/users/export", async () => ({
    ...done(dependencies.now()),
    url: `${dependencies.publicUrl}/compat/chatbot/users/export.csv`,
  }));
  app.get("/users/export.csv", async (request, reply) =>
    reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", 'attachment; filename="users.csv"')
      .send(Readable.from(writeCsv(dependencies, request))),
  );
}

async function* writeCsv({ db }: HttpDependencies, { caller }: FastifyRequest): AsyncGenerator<string> {
  const fields = await listFields(db, caller.workspaceId);
  const tags = await tagStore.list(db, caller.workspaceId);
  const tagIds = new Map(tags.map(({ id, name }) => [name, id]));
  const names = new Map(tags.map(({ name }) => [name, name]));
  let attributes: string[] | undefined;
  for (let after = 0; ; ) {
    const contacts = await listContacts(db, caller, {}, { after, limit: pageSize });
    const users = contacts.map((contact) => ({ contact, user: presentUser(contact, fields, tagIds) }));
    // Fields that no user has yet have a column too.
    attributes ??= [...new Set([...Object.keys(users[0]?.user.attributes ?? {}), ...fields.map(({ name }) => name)])];
    if (after === 0) yield toLine([...columns, "segments", ...attributes]);
    for (const { contact, user } of users) {
      const segments = contact.tags.filter((tag) => names.has(tag)).join(", ");
      yield toLine([...readColumns(user), segments, ...attributes.map((name) => readAttribute(user, name))]);
    }
    const last = contacts.at(-1);
    if (contacts.length < pageSize || last === undefined) return;
    after = last.id;
  }
}

const readAttribute = ({ attributes }: User, name: string) =>
  (Object.hasOwn(attributes, name) ? attributes[name] : null) ?? "";

const readColumns = (user: User) => columns.map((column) => String(user[column]));

/** RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front. */
function toLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => `"${(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`);
  return `${quoted.join(",")}\r\n`;
}
