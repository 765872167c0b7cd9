/** Our kinds of channels by UChat's names of them. */
const channelKinds = {
  facebook: "messenger",
  instagram: "instagram",
  whatsapp_cloud: "whatsapp",
  whatsapp: "whatsapp",
  google: "google",
  telegram: "telegram",
  line: "line",
  viber: "viber",
  vk: "vk",
  wechat: "wechat",
  web: "webchat",
  apichat: "apichat",
} as const;
type ChannelName = keyof typeof channelKinds;

export const channelNames = Object.keys(channelKinds) as [ChannelName, ...ChannelName[]];

export const toChannelKind = (name: ChannelName): string => channelKinds[name];

/** Kinds that UChat has no name for keep ours. */
export function toChannelName(kind: string): string {
  return channelNames.find((name) => channelKinds[name] === kind) ?? kind;
}
