import { z } from "zod";
import type { ChannelPorts, SendResult } from "../../engine/channel-type.ts";

/** How to reach a community. */
export interface VkAccess {
  readonly token: string;
  /** Base URL of the methods, without a trailing slash. */
  readonly apiRoot: string;
}

export type VkPorts = Pick<ChannelPorts, "callPlatform">;

/** The version of the API that our events and calls have. */
export const apiVersion = "5.199";

/** A failed call as a person may read it. */
export class VkCallError extends Error {
  override readonly name = "VkCallError";
  /** VK's error code; undefined: no answer of the API came. */
  readonly code: number | undefined;
  /** The call may have been carried out: it left, and no answer of the API came. */
  readonly maybeDone: boolean;

  constructor(message: string, details: { readonly code?: number; readonly maybeDone?: boolean } = {}) {
    super(message);
    this.code = details.code;
    this.maybeDone = details.maybeDone ?? false;
  }
}

export const unknownToken = "VK does not take this token; make another in the community's settings (API usage)";
const noRight = "the token lacks a right; make one with the rights to messages, photos, documents and the community";

/**
 * What a refusal means: https://dev.vk.com/ru/reference/errors and https://dev.vk.com/ru/method/messages.send. Whatever is not in the table may pass: it is tried again.
 */
const refusals: Readonly<Record<number, { readonly status: "recipient-gone" | "rejected" | "unauthorized" }>> = {
  5: { status: "unauthorized" },
  7: { status: "unauthorized" },
  27: { status: "unauthorized" },
  28: { status: "unauthorized" },
  15: { status: "rejected" },
  18: { status: "recipient-gone" },
  100: { status: "rejected" },
  113: { status: "recipient-gone" },
  // On the community's blacklist; no permission to write; closed by the person's privacy settings.
  900: { status: "recipient-gone" },
  901: { status: "recipient-gone" },
  902: { status: "recipient-gone" },
  911: { status: "rejected" },
  912: { status: "rejected" },
  913: { status: "rejected" },
  914: { status: "rejected" },
  936: { status: "recipient-gone" },
  940: { status: "rejected" },
  943: { status: "rejected" },
  944: { status: "rejected" },
};

/** Being told to wait: too many a second, too many alike to one person, a captcha, the day's limit of a method. */
const pauses: Readonly<Record<number, { readonly afterMs: number; readonly scope: "chat" | "channel" }>> = {
  6: { afterMs: 1_000, scope: "channel" },
  9: { afterMs: 60_000, scope: "chat" },
  14: { afterMs: 60_000, scope: "channel" },
  29: { afterMs: 3_600_000, scope: "channel" },
};

/** What a failed send means for what to do next. */
export function toSendResult(error: VkCallError): Exclude<SendResult, { status: "sent" }> {
  const { code = 0, message, maybeDone } = error;
  const pause = pauses[code];
  if (pause !== undefined) return { status: "rate-limited", message: `VK asks for patience (${message})`, ...pause };
  const refusal = refusals[code];
  if (refusal !== undefined) return { status: refusal.status, message: inWords(error) };
  return { status: "retry-later", message, ...(maybeDone ? { maybeSent: true } : {}) };
}

/** Whether VK did not take what a call said, as opposed to the caller, or the moment. */
export const isRefusedContent = ({ code = 0 }: VkCallError): boolean =>
  code !== 1 && code !== 10 && pauses[code] === undefined && code !== 0 && refusals[code]?.status !== "unauthorized";

export function inWords({ code, message }: VkCallError): string {
  if (code === 5 || code === 28) return unknownToken;
  return code === 7 || code === 15 || code === 27 ? `${noRight} (${message})` : message;
}

/** Calls a method; throws `VkCallError`. `schema` says what of the answer is used. */
export async function callVk<T>(
  access: VkAccess,
  ports: VkPorts,
  method: string,
  params: Readonly<Record<string, string | number>>,
  schema: z.ZodType<T>,
): Promise<T> {
  const given = Object.entries({ ...params, v: apiVersion }).map(([key, value]) => [key, String(value)]);
  const answer = await ports.callPlatform({
    url: `${access.apiRoot}/${method}`,
    // In the header, so that no log of addresses holds it.
    headers: { authorization: `Bearer ${access.token}` },
    body: new URLSearchParams(given),
  });
  if (answer.kind === "none") throw new VkCallError(`VK ${answer.message}`, { maybeDone: answer.mayHaveArrived });
  const told = readAnswer(answer.body);
  if (told?.error !== undefined) {
    const { error_code: code, error_msg: message } = told.error;
    throw new VkCallError(`${message.replaceAll(access.token, "…")} (VK's error ${code})`, { code });
  }
  const result = schema.safeParse(told?.response);
  if (result.success) return result.data;
  throw new VkCallError(
    `the answer to ${method} is not one of VK's API (status ${answer.status}); check apiRoot if this stays so`,
    { maybeDone: true },
  );
}

const answerSchema = z.object({
  response: z.unknown().optional(),
  error: z.object({ error_code: z.number(), error_msg: z.string().default("refused") }).optional(),
});

function readAnswer(body: string): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(body)).data;
  } catch {
    // Told apart from an answer by being none.
    return undefined;
  }
}

const groupSchema = z.object({ id: z.number().int(), name: z.string(), screen_name: z.string().default("") });
const groupsSchema = z
  .union([z.array(groupSchema), z.object({ groups: z.array(groupSchema) }).transform(({ groups }) => groups)])
  .refine((groups) => groups.length > 0);

/** The community that the token is of. */
export async function getCommunity(access: VkAccess, ports: VkPorts): Promise<z.output<typeof groupSchema>> {
  const [group] = await callVk(access, ports, "groups.getById", {}, groupsSchema);
  if (group === undefined) throw new VkCallError("the token is of no community");
  return group;
}

/** VK's id of the message. The same `randomId` sends nothing again for an hour. */
export async function sendMessage(
  access: VkAccess,
  ports: VkPorts,
  params: Readonly<Record<string, string | number>>,
): Promise<string> {
  return String(await callVk(access, ports, "messages.send", params, z.number()));
}

/** Ends the waiting of a callback button. */
export async function answerPress(
  access: VkAccess,
  ports: VkPorts,
  press: Readonly<Record<"event_id" | "user_id" | "peer_id", string | number>>,
): Promise<void> {
  await callVk(access, ports, "messages.sendMessageEventAnswer", press, z.unknown());
}
