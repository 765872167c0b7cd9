import { z } from "zod";
import { outsideSettings, policySettings } from "../../engine/channel-policy.ts";
import type { ConnectedChannel } from "../../engine/channel-type.ts";
import { apiRootSchema, appIdSchema, graphRoot, verifyTokenSchema } from "../meta-graph.ts";

export const settingsSchema = z.object({
  token: z.string().regex(/^[\w|.-]{20,1000}$/, "a page's access token is a long word; the app's dashboard makes it"),
  /** Signs Meta's calls. */
  appSecret: z.string().regex(/^[0-9a-f]{16,64}$/, "the app's secret stands in its basic settings"),
  appId: appIdSchema,
  verifyToken: verifyTokenSchema,
  /** Read from Meta when the channel is connected. */
  pageId: z.string().default(""),
  pageName: z.string().default(""),
  /** The page's name in links; read from Meta when the channel is connected. */
  username: z.string().default(""),
  /** Agents may answer for seven days: only where Meta has granted the app "Human Agent". */
  humanAgent: z.boolean().default(false),
  typing: z.boolean().default(false),
  apiRoot: apiRootSchema(graphRoot),
  bulkPerSecond: z.number().positive().max(1000).default(20),
  perChatPerSecond: z.number().positive().max(100).default(2),
  chatBurst: z.number().int().positive().max(1000).default(20),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(),
  ...outsideSettings,
});
export type MessengerSettings = z.output<typeof settingsSchema>;
export type MessengerChannel = ConnectedChannel<MessengerSettings>;
