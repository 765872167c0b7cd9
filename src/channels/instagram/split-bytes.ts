import { splitText } from "../../engine/render-content.ts";

const encoder = new TextEncoder();

/** Splits as `splitText` does, at lengths in bytes of UTF-8: a Cyrillic letter is two, most emoji four. `longest`: at least 8. */
export function splitBytes(text: string, longest: number): string[] {
  const bytes = encoder.encode(text).length;
  if (bytes <= longest) return [text];
  const units = Math.max(2, Math.floor((text.length * longest) / bytes));
  return splitText(text, units).flatMap((part) => splitBytes(part, longest));
}
