import { z } from "zod";
import { channelTypes } from "../../channels/index.ts";
import type { ChannelType } from "../../engine/channel-type.ts";
import { requireBot } from "../../store/bot-store.ts";
import {
  type Channel,
  changeChannel,
  createChannel,
  deleteChannel,
  listChannels,
  requireChannel,
} from "../../store/channel-store.ts";
import type { Access } from "../../store/workspace-store.ts";
import {
  type ChannelBody,
  channelChangeSchema,
  channelCreateSchema,
  channelHealthSchema,
  channelKindSchema,
  channelSchema,
} from "../contract/channels.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { writeOnce } from "../idempotency.ts";
import { mergeSettings, requireChannelType, type Settings, secretMask, toStoredSettings } from "./channel-settings.ts";
import { checkHealth, connectChannel, disconnectChannel, signOff, webhookUrlOf } from "./connect-channel.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

async function presentChannel(dependencies: HttpDependencies, access: Access, channel: Channel): Promise<ChannelBody> {
  const { id, botId, kind, name, settings, secrets, status, statusMessage, createdAt } = channel;
  const masked = secrets === null ? [] : requireChannelType(kind).secrets.map((key) => [key, secretMask] as const);
  return {
    id,
    botId,
    kind,
    name,
    settings: { ...settings, ...Object.fromEntries(masked) },
    status,
    statusMessage,
    webhookUrl: webhookUrlOf(dependencies, id),
    chatUrl: (await chatUrlOf(dependencies, access, channel)) ?? null,
    createdAt: toInstant(createdAt),
  };
}

async function chatUrlOf(
  { db, channels, publicUrl }: HttpDependencies,
  access: Access,
  { id, botId, kind }: Channel,
): Promise<string | undefined> {
  const type = requireChannelType(kind) as ChannelType;
  if (type.entryUrl === undefined) return undefined;
  const running = await channels.find(id);
  if (running === undefined) return undefined;
  const { ref } = await requireBot(db, access, botId);
  return type.entryUrl(running, undefined, { publicUrl, botRef: ref });
}

function presentKind({ kind, title, secrets, settings, capabilities }: ChannelType<never>) {
  const schema = z.toJSONSchema(settings, { io: "input", unrepresentable: "any" });
  return {
    kind,
    title,
    secrets: [...secrets],
    settings: schema as Record<string, unknown>,
    capabilities: { ...capabilities },
  };
}

const tag = "Channels";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;

const addKinds: ApiResource = (app) => {
  app.get(
    "/channel-kinds",
    route(
      { ...read, id: "listChannelKinds", summary: "List the kinds of channels and their settings" },
      {},
      listOf(channelKindSchema),
    ),
    async () => ({ data: Object.values(channelTypes).map((type) => presentKind(type as ChannelType<never>)) }),
  );
};

export const channelResource: ApiResource = (app, dependencies) => {
  const { db, secretKey, channels } = dependencies;
  const present = (access: Access, channel: Channel) => presentChannel(dependencies, access, channel);
  app.get(
    "/channels",
    route(
      { ...read, id: "listChannels", summary: "List channels" },
      { querystring: ofBotQuery },
      listOf(channelSchema),
    ),
    async ({ caller, query }) => {
      const found = await listChannels(db, await narrowToBot(db, caller, query.bot));
      return { data: await Promise.all(found.map((channel) => present(caller, channel))) };
    },
  );
  addKinds(app, dependencies);
  app.get(
    "/channels/:id",
    route({ ...read, id: "getChannel", summary: "Read a channel" }, { params: idParams }, channelSchema),
    async ({ caller, params }) => await present(caller, await requireChannel(db, caller, params.id)),
  );
  app.post(
    "/channels",
    route(
      { ...write, id: "createChannel", summary: "Make a channel, and connect it", status: 201 },
      { body: channelCreateSchema },
      channelSchema,
    ),
    async (request) => {
      const { caller, body } = request;
      const stored = toStoredSettings(requireChannelType(body.kind), body.settings, secretKey);
      const { id } = await writeOnce(dependencies, request, async (trx) => {
        const bot = await requireBot(trx, caller, body.bot);
        return { id: (await createChannel(trx, bot, { kind: body.kind, name: body.name, ...stored })).id };
      });
      const channel = await requireChannel(db, caller, id);
      const isDue = body.connect && channel.status !== "connected";
      return await presentChannel(
        dependencies,
        caller,
        isDue ? await connectChannel(dependencies, caller, id) : channel,
      );
    },
  );
  app.patch(
    "/channels/:id",
    route(
      { ...write, id: "changeChannel", summary: "Change a channel; new settings connect it again" },
      { params: idParams, body: channelChangeSchema },
      channelSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      await writeOnce(dependencies, request, async (trx) => {
        const channel = await requireChannel(trx, caller, params.id);
        const settings = body.settings && mergeSettings(channel, body.settings as Settings, secretKey);
        const stored = settings && toStoredSettings(requireChannelType(channel.kind), settings, secretKey);
        await changeChannel(trx, caller, params.id, { name: body.name, ...stored });
        return null;
      });
      channels.forget(params.id);
      const channel = await requireChannel(db, caller, params.id);
      const isDue = body.settings !== undefined && channel.status !== "disconnected";
      return await presentChannel(
        dependencies,
        caller,
        isDue ? await connectChannel(dependencies, caller, params.id) : channel,
      );
    },
  );
  app.post(
    "/channels/:id/connect",
    route(
      { ...write, id: "connectChannel", summary: "Connect a channel, anew where it is connected" },
      { params: idParams },
      channelSchema,
    ),
    async ({ caller, params }) => await present(caller, await connectChannel(dependencies, caller, params.id)),
  );
  app.post(
    "/channels/:id/disconnect",
    route(
      { ...write, id: "disconnectChannel", summary: "Disconnect a channel; it stays with its settings" },
      { params: idParams },
      channelSchema,
    ),
    async ({ caller, params }) => present(caller, await disconnectChannel(dependencies, caller, params.id)),
  );
  app.get(
    "/channels/:id/health",
    route(
      { ...read, id: "checkChannel", summary: "Ask the platform whether the channel works" },
      { params: idParams },
      channelHealthSchema,
    ),
    async ({ caller, params }) => {
      await requireChannel(db, caller, params.id);
      return await checkHealth(dependencies, params.id);
    },
  );
  app.delete(
    "/channels/:id",
    route(
      { ...write, id: "deleteChannel", summary: "Delete a channel; contacts and their history stay", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) => {
      const { caller, params } = request;
      const isThere = (await listChannels(db, caller)).some(({ id }) => id === params.id);
      if (isThere) await signOff(dependencies, params.id);
      return await writeOnce(dependencies, request, async (trx) => {
        await deleteChannel(trx, caller, params.id);
        channels.forget(params.id);
        return null;
      });
    },
  );
};
