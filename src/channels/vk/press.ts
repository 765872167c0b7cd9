import { z } from "zod";

/** What VK lets a button carry, in characters of JSON: https://dev.vk.com/ru/api/bots/development/keyboard. */
export const longestPayload = 255;

/** Short names: there is little room. `t`: the title, for the conversation. */
const pressSchema = z.object({ p: z.string().min(1), t: z.string().optional() });
const commandSchema = z.object({ command: z.literal("start") });

/** A button's payload as JSON; without the title where there is no room for it. */
export function writePress({ payload, title }: { readonly payload: string; readonly title: string }): string {
  const whole = JSON.stringify({ p: payload, t: title });
  return whole.length <= longestPayload ? whole : JSON.stringify({ p: payload });
}

/** `start`: the button that VK itself shows at the beginning of a chat. Undefined: a button that was made elsewhere, or none. */
export function readPress(
  payload: unknown,
): "start" | { readonly payload: string; readonly title: string | undefined } | undefined {
  const value = typeof payload === "string" ? parse(payload) : payload;
  if (commandSchema.safeParse(value).success) return "start";
  const { data } = pressSchema.safeParse(value);
  return data === undefined ? undefined : { payload: data.p, title: data.t };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Made elsewhere.
    return undefined;
  }
}
