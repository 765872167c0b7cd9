import {
  changeField,
  createField,
  deleteField,
  type Field,
  listFields,
  requireField,
} from "../../store/field-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { type FieldBody, fieldChangeSchema, fieldCreateSchema, fieldSchema } from "../contract/fields.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentField({ id, key, name, kind, description, createdAt }: Field): FieldBody {
  return { id, key, name, kind, description, createdAt: toInstant(createdAt) };
}

const tag = "Fields";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", shared: true, writes: true } as const;

export const fieldResource: ApiResource = (app, dependencies) => {
  app.get(
    "/fields",
    route({ ...read, id: "listFields", summary: "List the fields of contacts" }, {}, listOf(fieldSchema)),
    async ({ caller }) => ({ data: (await listFields(dependencies.db, caller.workspaceId)).map(presentField) }),
  );
  app.get(
    "/fields/:id",
    route({ ...read, id: "getField", summary: "Read a field" }, { params: idParams }, fieldSchema),
    async ({ caller, params }) => presentField(await requireField(dependencies.db, caller.workspaceId, params.id)),
  );
  app.post(
    "/fields",
    route(
      { ...write, id: "createField", summary: "Make a field", status: 201 },
      { body: fieldCreateSchema },
      fieldSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentField(await createField(trx, request.caller.workspaceId, request.body)),
      ),
  );
  app.patch(
    "/fields/:id",
    route(
      { ...write, id: "changeField", summary: "Change a field's name or description" },
      { params: idParams, body: fieldChangeSchema },
      fieldSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentField(await changeField(trx, request.caller.workspaceId, request.params.id, request.body)),
      ),
  );
  app.delete(
    "/fields/:id",
    route(
      { ...write, id: "deleteField", summary: "Delete a field, with its values", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteField(trx, request.caller.workspaceId, request.params.id);
        return null;
      }),
  );
};
