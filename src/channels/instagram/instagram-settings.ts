import { z } from "zod";
import { outsideSettings, policySettings } from "../../engine/channel-policy.ts";
import type { ConnectedChannel } from "../../engine/channel-type.ts";
import { appIdSchema, type GraphAccess, graphRoot, verifyTokenSchema } from "../meta-graph.ts";

/** Accounts that sign in with Instagram itself have a Graph API of their own: https://developers.facebook.com/docs/instagram-platform/overview. */
const instagramRoot = "https://graph.instagram.com/v25.0";

export const settingsSchema = z.object({
  token: z.string().regex(/^[\w|.-]{20,1000}$/, "an access token is a long word; the app's dashboard makes it"),
  /** Signs Meta's calls: the secret of the Instagram app, or, with a page, of the app itself. */
  appSecret: z.string().regex(/^[0-9a-f]{16,64}$/, "the app's secret stands in its settings"),
  /** How the account is connected with the app: by itself, or by a Facebook page. */
  login: z.enum(["instagram", "facebook"]).default("instagram"),
  /** Of use with a page. */
  appId: appIdSchema,
  verifyToken: verifyTokenSchema,
  /** Read from Meta when the channel is connected. */
  instagramId: z.string().default(""),
  username: z.string().default(""),
  /** Agents may answer for seven days: only where Meta has granted the app "Human Agent". */
  humanAgent: z.boolean().default(false),
  typing: z.boolean().default(false),
  /** Empty: what goes with the login. */
  apiRoot: z
    .union([z.literal(""), z.url({ protocol: /^https?$/ })])
    .default("")
    .transform((url) => url.replace(/\/+$/, "")),
  bulkPerSecond: z.number().positive().max(1000).default(20),
  perChatPerSecond: z.number().positive().max(100).default(2),
  chatBurst: z.number().int().positive().max(1000).default(20),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(),
  ...outsideSettings,
});
export type InstagramSettings = z.output<typeof settingsSchema>;
export type InstagramChannel = ConnectedChannel<InstagramSettings>;

export function toAccess({ token, login, apiRoot }: InstagramSettings): GraphAccess {
  if (apiRoot !== "") return { token, apiRoot };
  return { token, apiRoot: login === "instagram" ? instagramRoot : graphRoot };
}
