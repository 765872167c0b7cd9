import { renderSVG } from "uqr";
import type { ChannelType } from "../../engine/channel-type.ts";
import { checkEntryData } from "../../engine/check-entry-data.ts";
import { decodeEntryPayload } from "../../engine/entry-payload.ts";
import { checkEntryPayload, type EntryCapacity, maxPayloadLength, toEntryPayload } from "../../engine/entry-wish.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { type Bot, requireBot } from "../../store/bot-store.ts";
import { type Channel, listChannels } from "../../store/channel-store.ts";
import type { Database } from "../../store/database.ts";
import {
  changeEntryLink,
  createEntryLink,
  deleteEntryLink,
  listEntryLinks,
  requireEntryLink,
  type StoredEntryLink,
} from "../../store/entry-link-store.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { createRef } from "../../store/ref.ts";
import type { Access } from "../../store/workspace-store.ts";
import { listOf, noContent, refParams } from "../contract/common.ts";
import {
  type EntryLinkBody,
  type EntryLinkSummaryBody,
  entryLinkChangeSchema,
  entryLinkCreateSchema,
  entryLinkSchema,
  entryLinkSummarySchema,
} from "../contract/entry-links.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { writeOnce } from "../idempotency.ts";
import { requireChannelType } from "./channel-settings.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

function presentSummary(link: StoredEntryLink): EntryLinkSummaryBody {
  const { ref, botId, name, flow, step, data, payload, createdAt } = link;
  return {
    ref,
    botId,
    name,
    flow,
    step,
    stored: data === null ? null : { ...data },
    payload,
    createdAt: toInstant(createdAt),
  };
}

/** A link with an address and a QR code for every channel that can carry its payload. */
async function presentLink(
  dependencies: HttpDependencies,
  link: StoredEntryLink,
  carriers: readonly Carrier[],
): Promise<EntryLinkBody> {
  const { payload, botRef } = link;
  const { publicUrl, channels } = dependencies;
  const links: EntryLinkBody["links"] = [];
  for (const { channel, capacity } of carriers) {
    if (payload.length > capacity.maxLength) continue;
    const running = await channels.find(channel.id);
    const type = running?.type as ChannelType | undefined;
    const url = running === undefined ? undefined : type?.entryUrl?.(running, payload, { publicUrl, botRef });
    if (url !== undefined) links.push({ channelId: channel.id, kind: channel.kind, url, qrSvg: renderSVG(url) });
  }
  const isPlainKey = "plain" in decodeEntryPayload(payload);
  const maxLength = maxPayloadLength(
    carriers.map(({ capacity }) => capacity),
    isPlainKey,
  );
  return { ...presentSummary(link), length: payload.length, maxLength, links };
}

interface Carrier {
  readonly channel: Channel;
  readonly capacity: EntryCapacity;
}

/** The bot's channels that have entry links. Throws `entry_link.no_channel` where the named one is none of them. */
async function findCarriers(db: Database, bot: Access, channelId?: number): Promise<Carrier[]> {
  const carriers = (await listChannels(db, bot)).flatMap((channel) => {
    const capacity = requireChannelType(channel.kind).capabilities.entryPayload;
    return capacity === undefined ? [] : [{ channel, capacity }];
  });
  if (channelId === undefined) return carriers;
  const named = carriers.filter(({ channel }) => channel.id === channelId);
  if (named.length > 0) return named;
  throw new AppError("entry_link.no_channel", say`the bot has no channel ${{ channelId }} with entry links`);
}

/** The id of the flow that a link starts. Throws `flow.not_found`, and `request.invalid` where it has no such step. */
async function findStart(
  db: Database,
  bot: Access,
  { flow: ref, step }: { readonly flow?: string | null | undefined; readonly step?: string | null | undefined },
): Promise<number | null | undefined> {
  if (ref === undefined || ref === null) return ref;
  const flow = await requireFlow(db, bot, ref);
  if (step === undefined || step === null || flow.draft.steps.some((candidate) => candidate.ref === step))
    return flow.id;
  throw new AppError("request.invalid", say`the flow "${{ ref }}" has no step "${{ step }}"`, {
    details: [{ path: "step", message: "is no step of the flow" }],
  });
}

const ofBot = ({ id: botId, workspaceId }: Bot): Access => ({ workspaceId, botId });

const tag = "Entry links";
const read = { tag, scope: "flows:read" } as const;
const write = { tag, scope: "flows:write", writes: true } as const;

export const entryLinkResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  const show = async (caller: Access, ref: string, channel?: number) => {
    const link = await requireEntryLink(db, caller, ref);
    const bot = { workspaceId: caller.workspaceId, botId: link.botId };
    return await presentLink(dependencies, link, await findCarriers(db, bot, channel));
  };
  app.get(
    "/entry-links",
    route(
      { ...read, id: "listEntryLinks", summary: "List entry links" },
      { querystring: ofBotQuery },
      listOf(entryLinkSummarySchema),
    ),
    async ({ caller, query }) => ({
      data: (await listEntryLinks(db, await narrowToBot(db, caller, query.bot))).map(presentSummary),
    }),
  );
  app.get(
    "/entry-links/:ref",
    route(
      { ...read, id: "getEntryLink", summary: "Read an entry link, with addresses and QR codes" },
      { params: refParams },
      entryLinkSchema,
    ),
    async ({ caller, params }) => await show(caller, params.ref),
  );
  app.post(
    "/entry-links",
    route(
      {
        ...write,
        id: "createEntryLink",
        summary: "Make a link by which people enter a bot, with addresses and QR codes",
        description:
          "A plain `key`, or `data` (phone, e-mail, external id, variables), stands in the link itself and is refused where it does not fit; `stored` stays on the server.",
        status: 201,
      },
      { body: entryLinkCreateSchema },
      entryLinkSchema,
    ),
    async (request) => {
      const { name, key, data, stored, step, channel, ...wish } = request.body;
      if (data !== undefined) checkEntryData("data", data);
      if (stored !== undefined) checkEntryData("stored", stored);
      const made = await writeOnce(dependencies, request, async (trx) => {
        const bot = await requireBot(trx, request.caller, wish.bot);
        const flowId = (await findStart(trx, ofBot(bot), request.body)) ?? undefined;
        const capacities = (await findCarriers(trx, ofBot(bot), channel)).map(({ capacity }) => capacity);
        const ref = createRef(8);
        const isNamed = flowId !== undefined || stored !== undefined;
        const payload = toEntryPayload({ ref, key, data, isNamed });
        checkEntryPayload(payload, maxPayloadLength(capacities, data === undefined && !isNamed), capacities);
        await createEntryLink(trx, bot, { ref, name, payload, flowId, step, data: stored });
        return { ref };
      });
      return await show(request.caller, made.ref, channel);
    },
  );
  app.patch(
    "/entry-links/:ref",
    route(
      { ...write, id: "changeEntryLink", summary: "Change what a link does; what stands in it stays" },
      { params: refParams, body: entryLinkChangeSchema },
      entryLinkSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      if (body.stored) checkEntryData("stored", body.stored);
      await writeOnce(dependencies, request, async (trx) => {
        const link = await requireEntryLink(trx, caller, params.ref);
        const bot = { workspaceId: caller.workspaceId, botId: link.botId };
        const flowId = await findStart(trx, bot, { flow: body.flow ?? link.flow, step: body.step });
        await changeEntryLink(trx, caller, params.ref, {
          name: body.name,
          step: body.step,
          data: body.stored,
          flowId: body.flow === null ? null : body.flow === undefined ? undefined : flowId,
        });
        return null;
      });
      return await show(caller, params.ref);
    },
  );
  app.delete(
    "/entry-links/:ref",
    route(
      { ...write, id: "deleteEntryLink", summary: "Delete an entry link", status: 204 },
      { params: refParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteEntryLink(trx, request.caller, request.params.ref);
        return null;
      }),
  );
};
