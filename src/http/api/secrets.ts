import { requireBot } from "../../store/bot-store.ts";
import {
  changeSecret,
  createSecret,
  deleteSecret,
  listSecrets,
  requireSecret,
  type Secret,
} from "../../store/secret-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import {
  type SecretBody,
  secretChangeSchema,
  secretCreateSchema,
  secretQuery,
  secretSchema,
} from "../contract/secrets.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

function presentSecret({ createdAt, updatedAt, ...rest }: Secret): SecretBody {
  return { ...rest, createdAt: toInstant(createdAt), updatedAt: toInstant(updatedAt) };
}

const tag = "Variables";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;

/** Values that external requests use and nobody reads; see docs/external-requests.md. */
export const secretResource: ApiResource = (app, dependencies) => {
  const { db, secretKey, now } = dependencies;
  app.get(
    "/secrets",
    route(
      { ...read, id: "listSecrets", summary: "List the bots' secrets, without their values" },
      { querystring: secretQuery },
      listOf(secretSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listSecrets(db, await narrowToBot(db, caller, query.bot))).map(presentSecret),
    }),
  );
  app.get(
    "/secrets/:id",
    route({ ...read, id: "getSecret", summary: "Read a secret's name" }, { params: idParams }, secretSchema),
    async ({ caller, params }) => presentSecret(await requireSecret(db, caller, params.id)),
  );
  app.post(
    "/secrets",
    route(
      { ...write, id: "createSecret", summary: "Make a secret of a bot", status: 201 },
      { body: secretCreateSchema },
      secretSchema,
    ),
    async (request) => {
      const { bot: reference, ...given } = request.body;
      return await writeOnce(dependencies, request, async (trx) => {
        const bot = await requireBot(trx, request.caller, reference);
        return presentSecret(await createSecret(trx, bot, given, secretKey));
      });
    },
  );
  app.patch(
    "/secrets/:id",
    route(
      { ...write, id: "changeSecret", summary: "Change a secret's value, name or description" },
      { params: idParams, body: secretChangeSchema },
      secretSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const change = { ...request.body, at: new Date(now()) };
        return presentSecret(await changeSecret(trx, request.caller, request.params.id, change, secretKey));
      }),
  );
  app.delete(
    "/secrets/:id",
    route({ ...write, id: "deleteSecret", summary: "Delete a secret", status: 204 }, { params: idParams }, noContent),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteSecret(trx, request.caller, request.params.id);
        return null;
      }),
  );
};
