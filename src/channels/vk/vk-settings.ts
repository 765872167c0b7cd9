import { z } from "zod";
import { outsideSettings, policySettings, receivingMode } from "../../engine/channel-policy.ts";
import type { ConnectedChannel } from "../../engine/channel-type.ts";

export const settingsSchema = z.object({
  token: z.string().regex(/^[\w.-]{20,400}$/, "a token is a long word; the community's settings (API usage) make it"),
  mode: receivingMode,
  /** The community's id and its short name; read from VK when the channel is connected. */
  groupId: z.number().int().nonnegative().default(0),
  screenName: z.string().default(""),
  /** Comes with every call; made when the channel is connected. */
  secret: z
    .string()
    .regex(/^[A-Za-z0-9]{0,50}$/, "a secret has up to 50 of A-Z, a-z and 0-9")
    .default(""),
  /** What VK wants to hear before it believes that our address is the community's; read from VK when the channel is connected. */
  confirmationCode: z.string().max(100).default(""),
  /** What VK calls our address; 0: it was not registered by us. */
  serverId: z.number().int().nonnegative().default(0),
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .default("https://api.vk.ru/method")
    .transform((url) => url.replace(/\/+$/, "")),
  bulkPerSecond: z.number().positive().max(1000).default(15),
  perChatPerSecond: z.number().positive().max(100).default(1),
  chatBurst: z.number().int().positive().max(1000).default(20),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(),
  ...outsideSettings,
});
export type VkSettings = z.output<typeof settingsSchema>;
export type VkChannel = ConnectedChannel<VkSettings>;
