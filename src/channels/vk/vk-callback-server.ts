import { z } from "zod";
import { apiVersion, callVk, type VkAccess, VkCallError, type VkPorts } from "./vk.api.ts";

/** Events that mean something to us: https://dev.vk.com/ru/method/groups.setCallbackSettings. */
const eventSettings = {
  message_new: 1,
  message_edit: 1,
  message_reply: 1,
  message_event: 1,
  message_allow: 1,
  message_deny: 1,
  message_read: 1,
};

const serverSchema = z.object({ id: z.number().int(), url: z.string(), status: z.string() });
const serversSchema = z.object({ items: z.array(serverSchema) });

/** What VK thinks of our address, by its id there or as it stands. Undefined: it knows it not. */
export async function findCallbackServer(
  access: VkAccess,
  ports: VkPorts,
  { groupId, ...wanted }: { readonly groupId: number } & ({ readonly url: string } | { readonly serverId: number }),
): Promise<z.output<typeof serverSchema> | undefined> {
  const { items } = await callVk(access, ports, "groups.getCallbackServers", { group_id: groupId }, serversSchema);
  return items.find((server) => ("url" in wanted ? server.url === wanted.url : server.id === wanted.serverId));
}

/** What VK wants to be answered before it believes that an address is the community's. */
export async function getConfirmationCode(access: VkAccess, ports: VkPorts, groupId: number): Promise<string> {
  const schema = z.object({ code: z.string() });
  return (await callVk(access, ports, "groups.getCallbackConfirmationCode", { group_id: groupId }, schema)).code;
}

/** Registers our address, which VK then calls and wants the confirmation code of. Gives the server's id there. */
export async function registerServer(
  access: VkAccess,
  ports: VkPorts,
  { groupId, url, secret }: { readonly groupId: number; readonly url: string; readonly secret: string },
): Promise<number> {
  const known = await findCallbackServer(access, ports, { groupId, url });
  // At most 14 characters.
  const server = { group_id: groupId, url, title: "Repartee", secret_key: secret };
  const serverId =
    known === undefined
      ? (await callVk(access, ports, "groups.addCallbackServer", server, z.object({ server_id: z.number() }))).server_id
      : known.id;
  if (known !== undefined) {
    await callVk(access, ports, "groups.editCallbackServer", { ...server, server_id: serverId }, z.unknown());
  }
  const settings = { group_id: groupId, server_id: serverId, api_version: apiVersion, ...eventSettings };
  await callVk(access, ports, "groups.setCallbackSettings", settings, z.unknown());
  const { status } = (await findCallbackServer(access, ports, { groupId, serverId })) ?? {};
  if (status === "failed") throw new VkCallError(`VK could not confirm the address ${url}`, { code: 100 });
  return serverId;
}

export async function deleteServer(
  access: VkAccess,
  ports: VkPorts,
  { groupId, serverId }: { readonly groupId: number; readonly serverId: number },
): Promise<void> {
  await callVk(access, ports, "groups.deleteCallbackServer", { group_id: groupId, server_id: serverId }, z.unknown());
}

/** Switches the long poll on for what we understand. */
export async function enableLongPoll(access: VkAccess, ports: VkPorts, groupId: number): Promise<void> {
  const settings = { group_id: groupId, enabled: 1, api_version: apiVersion, ...eventSettings };
  await callVk(access, ports, "groups.setLongPollSettings", settings, z.unknown());
}
