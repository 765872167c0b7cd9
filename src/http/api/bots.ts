import { type Bot, createBot, deleteBot, listBots, renameBot, requireBot } from "../../store/bot-store.ts";
import { type BotBody, botChangeSchema, botCreateSchema, botParams, botSchema } from "../contract/bots.ts";
import { listOf, noContent } from "../contract/common.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentBot({ id, ref, name, createdAt }: Bot): BotBody {
  return { id, ref, name, createdAt: toInstant(createdAt) };
}

const tag = "Bots";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;

export const botResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/bots",
    route({ ...read, id: "listBots", summary: "List bots" }, {}, listOf(botSchema)),
    async ({ caller }) => ({
      data: (await listBots(db, caller)).map(presentBot),
    }),
  );
  app.get(
    "/bots/:bot",
    route({ ...read, id: "getBot", summary: "Read a bot" }, { params: botParams }, botSchema),
    async ({ caller, params }) => presentBot(await requireBot(db, caller, params.bot)),
  );
  app.post(
    "/bots",
    route(
      { ...write, id: "createBot", summary: "Make a bot", shared: true, status: 201 },
      { body: botCreateSchema },
      botSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentBot(await createBot(trx, { ...request.body, workspaceId: request.caller.workspaceId })),
      ),
  );
  app.patch(
    "/bots/:bot",
    route(
      { ...write, id: "renameBot", summary: "Rename a bot" },
      { params: botParams, body: botChangeSchema },
      botSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentBot(await renameBot(trx, await requireBot(trx, request.caller, request.params.bot), request.body.name)),
      ),
  );
  app.delete(
    "/bots/:bot",
    route(
      {
        ...write,
        id: "deleteBot",
        summary: "Delete a bot for good, with its channels, flows and contacts",
        shared: true,
        status: 204,
      },
      { params: botParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteBot(trx, await requireBot(trx, request.caller, request.params.bot), dependencies.forgetJobs);
        return null;
      }),
  );
};
