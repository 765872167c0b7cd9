import { z } from "zod";

const pressSchema = z.object({ press: z.string().min(1), title: z.string() });

/**
 * What a button sends when it is pressed. Viber knows no payload: the button's `ActionBody` comes back as if the person had typed it, so it has to carry what the press means and what
 * was pressed, and be told from anything a person types. (The button is silent: the person does not see it.)
 */
export function writePress({ payload, title }: { readonly payload: string; readonly title: string }): string {
  return JSON.stringify({ press: payload, title });
}

/** Undefined: a text that somebody typed. */
export function readPress(text: string): { readonly payload: string; readonly title: string } | undefined {
  if (!text.startsWith('{"press":')) return undefined;
  try {
    const { data } = pressSchema.safeParse(JSON.parse(text));
    return data === undefined ? undefined : { payload: data.press, title: data.title };
  } catch {
    // Typed after all.
    return undefined;
  }
}
