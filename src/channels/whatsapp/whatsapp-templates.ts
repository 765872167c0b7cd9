import { z } from "zod";
import type { ChannelPorts, PlatformTemplate } from "../../engine/channel-type.ts";
import { ChannelConnectError } from "../../engine/channel-type.ts";
import { callGraph, GraphCallError } from "../meta-graph.ts";
import type { WhatsAppSettings } from "./whatsapp-settings.ts";

const componentSchema = z.object({
  type: z.string(),
  format: z.string().optional(),
  text: z.string().optional(),
  buttons: z
    .array(z.object({ type: z.string(), text: z.string().default(""), url: z.string().optional() }))
    .default([]),
});
const pageSchema = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      status: z.string(),
      category: z.string().default(""),
      components: z.array(componentSchema).default([]),
    }),
  ),
});

/** The templates of the account, by name: https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates. Throws `ChannelConnectError`. */
export async function listTemplates(settings: WhatsAppSettings, ports: ChannelPorts): Promise<PlatformTemplate[]> {
  const query = { fields: "name,language,status,category,components", limit: "250" };
  const path = `${settings.accountId}/message_templates`;
  try {
    const { data } = await callGraph(settings, ports, { method: "GET", path, query }, pageSchema);
    return data.map(toTemplate).sort((a, b) => a.name.localeCompare(b.name));
  } catch (error) {
    if (error instanceof GraphCallError) throw new ChannelConnectError(error.message, { cause: error });
    throw error;
  }
}

function toTemplate({ components, ...template }: z.output<typeof pageSchema>["data"][number]): PlatformTemplate {
  const find = (type: string) => components.find((one) => one.type.toUpperCase() === type);
  const header = find("HEADER");
  const text = find("BODY")?.text ?? "";
  return {
    ...template,
    status: template.status.toLowerCase(),
    category: template.category.toLowerCase(),
    text,
    ...(header === undefined ? {} : { header: header.format?.toLowerCase() ?? "text" }),
    variables: new Set(text.match(/\{\{\s*\w+\s*\}\}/g)).size,
    buttons: (find("BUTTONS")?.buttons ?? []).map(({ type, text: title, url = "" }) => ({
      kind: type.toLowerCase(),
      title,
      hasVariable: url.includes("{{"),
    })),
  };
}
