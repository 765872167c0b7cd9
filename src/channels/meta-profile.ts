import { z } from "zod";
import type { Profile } from "../model/contact.ts";
import { callGraph, type GraphAccess, GraphCallError, type GraphPorts, toSendResult } from "./meta-graph.ts";

const personSchema = z.object({
  name: z.string().optional(),
  username: z.string().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  profile_pic: z.string().optional(),
});

/**
 * Who somebody is who has written: https://developers.facebook.com/docs/messenger-platform/identity/user-profile and …/instagram-platform/instagram-api-with-instagram-login/messaging-api/user-profile.
 * Undefined: Meta does not tell, because the app may not ask or the person does not agree. Rejects where Meta cannot be asked at the moment.
 */
export async function lookUpMetaProfile(
  access: GraphAccess,
  ports: GraphPorts,
  { person, fields }: { readonly person: string; readonly fields: string },
): Promise<Profile | undefined> {
  try {
    const call = { method: "GET", path: encodeURIComponent(person), query: { fields } } as const;
    const {
      name,
      username,
      first_name: first,
      last_name: last,
      profile_pic: avatarUrl,
    } = await callGraph(access, ports, call, personSchema);
    const whole = [first, last].filter((part) => part !== undefined && part !== "").join(" ");
    return { name: name ?? (whole === "" ? username : whole), firstName: first, lastName: last, avatarUrl };
  } catch (error) {
    if (!(error instanceof GraphCallError)) throw error;
    const { status } = toSendResult(error, {});
    if (status === "retry-later" || status === "rate-limited") throw error;
    return undefined;
  }
}
