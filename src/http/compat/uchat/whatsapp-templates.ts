import { z } from "zod";
import { channelTypes } from "../../../channels/index.ts";
import type { ChannelCatalogue, PlatformTemplate } from "../../../engine/channel-type.ts";
import { listChannels } from "../../../store/channel-store.ts";
import { listPlatformTemplates } from "../../api/connect-channel.ts";
import { ok, okSchema, pageOf } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { integer } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const catalogue: ChannelCatalogue = channelTypes;
/** Meta gives so many at once, and clients that want all of them ask for one page alone. */
const mostTemplates = 250;

/**
 * UChat's document says of a template only that its namespace, name, lang and params are found here; the other keys are those that clients read. The namespace is ours: Meta's means nothing to
 * who sends by name and language.
 */
const templateSchema = z.strictObject({
  name: z.string(),
  namespace: z.string(),
  language: z.string(),
  lang: z.string(),
  status: z.string(),
  category: z.string(),
  components: z.array(
    z.strictObject({
      type: z.enum(["HEADER", "BODY", "BUTTONS"]),
      format: z.string().optional(),
      text: z.string().optional(),
      buttons: z.array(z.strictObject({ type: z.string(), text: z.string() })).optional(),
    }),
  ),
  /** What `send-whatsapp-template` takes, with nothing in it yet. */
  params: z.record(z.string(), z.string()),
});

interface Found {
  readonly channelId: number;
  readonly name: string;
  readonly template: PlatformTemplate;
}

/** The templates of the bot's connected channels, as they are at Meta now. Throws `channel.connect_failed`. */
async function findTemplates(call: Call): Promise<Found[]> {
  const access = { workspaceId: call.caller.workspaceId, botId: await call.botId() };
  const channels = (await listChannels(call.db, access)).filter(
    ({ kind, status }) => status === "connected" && catalogue[kind]?.capabilities.templates === true,
  );
  const found: Found[] = [];
  for (const { id: channelId } of channels) {
    const templates = await listPlatformTemplates(call.dependencies, channelId);
    found.push(...templates.map((template) => ({ channelId, name: template.name, template })));
  }
  return found;
}

function present({ channelId, template }: Found): z.infer<typeof templateSchema> {
  const { name, language, status, category, text, header, buttons } = template;
  return {
    name,
    namespace: `channel_${channelId}`,
    language,
    lang: language,
    status: status.toUpperCase(),
    category: category.toUpperCase(),
    components: [
      ...(header === undefined ? [] : [{ type: "HEADER" as const, format: header.toUpperCase() }]),
      { type: "BODY" as const, text },
      ...(buttons.length === 0
        ? []
        : [
            {
              type: "BUTTONS" as const,
              buttons: buttons.map(({ kind, title }) => ({ type: kind.toUpperCase(), text: title })),
            },
          ]),
    ],
    params: Object.fromEntries(paramsOf(template).map((key) => [key, ""])),
  };
}

const fileHeaders = ["image", "video", "document"];

function paramsOf({ header = "", variables, buttons }: PlatformTemplate): string[] {
  const replies = buttons.filter(({ kind }) => kind === "quick_reply");
  return [
    ...(fileHeaders.includes(header) ? [`HEADER_${header.toUpperCase()}`] : []),
    ...Array.from({ length: variables }, (_, index) => `BODY_{{${index + 1}}}`),
    ...replies.map((_reply, index) => `QUICK_REPLY_${index + 1}`),
    ...buttons.flatMap(({ hasVariable }, index) => (hasVariable ? [`URL_${index + 1}`] : [])),
  ];
}

export const whatsappTemplateEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "POST",
    path: "/whatsapp-template/list",
    scope: "flow",
    summary: "Get list of WhatsApp templates",
    input: z.object({
      ...listInput,
      limit: integer({ min: 1 })
        .transform((limit) => Math.min(limit, mostTemplates))
        .default(100)
        .meta({ shownAs: { type: "integer", minimum: 1, maximum: mostTemplates, default: 100 } }),
    }),
    answer: pageOf(templateSchema),
    handle: async (call, input) => await pageOfNamed(call, await findTemplates(call), input, present),
  }),
  endpoint({
    method: "POST",
    path: "/whatsapp-template/sync",
    scope: "flow",
    summary: "Synchronize WhatsApp templates: nothing has to be done, the list is Meta's own",
    input: z.object({}),
    answer: okSchema,
    handle: async () => ok,
  }),
];
