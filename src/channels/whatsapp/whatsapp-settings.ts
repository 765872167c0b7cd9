import { z } from "zod";
import { outsideSettings, policySettings } from "../../engine/channel-policy.ts";
import type { ConnectedChannel } from "../../engine/channel-type.ts";
import { apiRootSchema, graphRoot, verifyTokenSchema } from "../meta-graph.ts";

export const consentWords = { optOut: ["stopall", "stop all", "stop promotions"], optIn: ["unstop"] };

export const settingsSchema = z.object({
  token: z.string().regex(/^[\w|.-]{20,1000}$/, "an access token is a long word; a system user's does not expire"),
  /** Signs Meta's calls. */
  appSecret: z.string().regex(/^[0-9a-f]{16,64}$/, "the app's secret stands in its basic settings"),
  phoneNumberId: z.string().regex(/^\d{5,30}$/, "the number's id stands beside it in the app's dashboard (API Setup)"),
  /** Of the WhatsApp Business Account. */
  accountId: z.string().regex(/^\d{5,30}$/, "the account's id stands in the app's dashboard (API Setup)"),
  verifyToken: verifyTokenSchema,
  /** The number in links, digits alone; read from Meta when the channel is connected. */
  phone: z
    .string()
    .regex(/^\d{0,20}$/, "digits alone")
    .default(""),
  /** What opens a list of more than three choices. */
  listTitle: z.string().trim().min(1).max(20).default("Options"),
  apiRoot: apiRootSchema(graphRoot),
  bulkPerSecond: z.number().positive().max(1000).default(50),
  perChatPerSecond: z.number().positive().max(100).default(0.17),
  chatBurst: z.number().int().positive().max(1000).default(30),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(consentWords),
  ...outsideSettings,
});
export type WhatsAppSettings = z.output<typeof settingsSchema>;
export type WhatsAppChannel = ConnectedChannel<WhatsAppSettings>;
