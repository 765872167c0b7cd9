import type { Name, NameStore } from "../../store/name-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { type NameEntry, nameEntrySchema, nameWriteSchema } from "../contract/names.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentName({ id, name, createdAt }: Name): NameEntry {
  return { id, name, createdAt: toInstant(createdAt) };
}

/** The routes of tags and labels, which differ in their noun alone. */
export function nameResource(store: NameStore, noun: "tag" | "label", tag: "Tags" | "Labels"): ApiResource {
  const operation = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  const write = { tag, scope: "settings:write", shared: true, writes: true } as const;
  return (app, dependencies) => {
    app.get(
      `/${noun}s`,
      route(
        { id: `list${operation}s`, tag, summary: `List ${noun}s`, scope: "settings:read" },
        {},
        listOf(nameEntrySchema),
      ),
      async ({ caller }) => ({ data: (await store.list(dependencies.db, caller.workspaceId)).map(presentName) }),
    );
    app.get(
      `/${noun}s/:id`,
      route(
        { id: `get${operation}`, tag, summary: `Read a ${noun}`, scope: "settings:read" },
        { params: idParams },
        nameEntrySchema,
      ),
      async ({ caller, params }) => presentName(await store.require(dependencies.db, caller.workspaceId, params.id)),
    );
    app.post(
      `/${noun}s`,
      route(
        { ...write, id: `create${operation}`, summary: `Make a ${noun}`, status: 201 },
        { body: nameWriteSchema },
        nameEntrySchema,
      ),
      async (request) =>
        await writeOnce(dependencies, request, async (trx) =>
          presentName(await store.create(trx, request.caller.workspaceId, request.body.name)),
        ),
    );
    app.patch(
      `/${noun}s/:id`,
      route(
        { ...write, id: `rename${operation}`, summary: `Rename a ${noun}; contacts keep it` },
        { params: idParams, body: nameWriteSchema },
        nameEntrySchema,
      ),
      async (request) =>
        await writeOnce(dependencies, request, async (trx) =>
          presentName(await store.rename(trx, request.caller.workspaceId, request.params.id, request.body.name)),
        ),
    );
    app.delete(
      `/${noun}s/:id`,
      route(
        { ...write, id: `delete${operation}`, summary: `Delete a ${noun}, also from all contacts`, status: 204 },
        { params: idParams },
        noContent,
      ),
      async (request) =>
        await writeOnce(dependencies, request, async (trx) => {
          await store.remove(trx, request.caller.workspaceId, request.params.id);
          return null;
        }),
    );
  };
}
