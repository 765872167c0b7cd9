import { z } from "zod";
import type { Profile } from "../../model/contact.ts";
import { callVk, toSendResult, type VkAccess, VkCallError, type VkPorts } from "./vk.api.ts";

/** https://dev.vk.com/ru/method/users.get; a picture of `vk.com/images/camera_…` is VK's own for those who have none. */
const peopleSchema = z.array(
  z.object({
    first_name: z.string().default(""),
    last_name: z.string().default(""),
    photo_200: z.string().optional(),
    /** The account was deleted or banned. */
    deactivated: z.string().optional(),
  }),
);

/** Who somebody is who has written. Undefined: VK does not tell. Rejects where VK cannot be asked at the moment. */
export async function lookUpVkProfile(access: VkAccess, ports: VkPorts, person: string): Promise<Profile | undefined> {
  try {
    const [found] = await callVk(access, ports, "users.get", { user_ids: person, fields: "photo_200" }, peopleSchema);
    if (found === undefined || found.deactivated !== undefined) return undefined;
    const { first_name: firstName, last_name: lastName, photo_200: photo } = found;
    const name = [firstName, lastName].filter((part) => part !== "").join(" ");
    const hasPhoto = photo !== undefined && !photo.includes("/images/camera_");
    return { name, firstName, lastName, ...(hasPhoto ? { avatarUrl: photo } : {}) };
  } catch (error) {
    if (!(error instanceof VkCallError)) throw error;
    const { status } = toSendResult(error);
    if (status === "retry-later" || status === "rate-limited") throw error;
    return undefined;
  }
}
