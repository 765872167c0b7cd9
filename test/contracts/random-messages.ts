import fc from "fast-check";
import type { ChannelCapabilities } from "../../src/engine/channel-type.ts";
import { type MessageContent, mediaKinds, type OutgoingButton } from "../../src/model/message.ts";

/** Words that are alike nowhere, so that each can be looked for. */
const words = (from: string, most: number) =>
  fc.integer({ min: 0, max: most }).map((count) => Array.from({ length: count }, (_, index) => `${from}${index}x`));

/** Any message that a step could say: every part there or not, more of each than channels show, titles longer than they take. */
export const randomMessages: fc.Arbitrary<MessageContent> = fc
  .record({
    text: words("w", 40),
    kinds: fc.array(fc.constantFrom(...mediaKinds), { maxLength: 4 }),
    buttons: fc.array(fc.record({ isPage: fc.boolean(), isLong: fc.boolean() }), { maxLength: 12 }),
    replies: fc.array(
      fc.record({ isLong: fc.boolean(), request: fc.constantFrom("phone" as const, "location" as const, undefined) }),
      { maxLength: 14 },
    ),
    place: fc.option(fc.record({ title: fc.boolean() })),
    keyboard: fc.constantFrom("inline" as const, "once" as const, "stays" as const, "remove" as const, undefined),
  })
  // A step sends nothing that has neither (`engine/sendable.ts`).
  .filter(({ text, kinds, place }) => text.length > 0 || kinds.length > 0 || place !== null)
  .map(({ text, kinds, buttons, replies, place, keyboard }) => ({
    text: text.join(" "),
    attachments: kinds.map((kind, index) => ({ kind, url: `https://files.example/${kind}${index}` })),
    buttons: buttons.map(({ isPage, isLong }, index): OutgoingButton => {
      const title = `Button ${index}${isLong ? " with a title that is far too long for most of the channels there are" : ""}.`;
      return isPage
        ? { type: "url", title, url: `https://pages.example/${index}` }
        : { type: "press", title, payload: `f:s:b${index}` };
    }),
    quickReplies: replies.map(({ isLong, request }, index) => ({
      title: `Reply ${index}${isLong ? " with a title that is far too long for most of the channels there are" : ""}.`,
      payload: `f:s:r${index}`,
      ...(request === undefined ? {} : { request }),
    })),
    ...(place === null
      ? {}
      : { location: { latitude: 55.75, longitude: 37.62, ...(place.title && { title: "Club" }) } }),
    ...(keyboard === undefined ? {} : { keyboard }),
  }));

/** What of a message has to be seen, as texts that must stand in what is shown, and files that must be there or be linked. */
export function partsOf(
  { text = "", attachments, buttons, quickReplies, location }: MessageContent,
  { ownWords = [] }: ChannelCapabilities,
): { readonly said: readonly string[]; readonly files: readonly string[] } {
  const place = location === undefined ? [] : [String(location.latitude), String(location.longitude)];
  const named = quickReplies.filter(({ request }) => request === undefined || !ownWords.includes(request));
  const titles = [...buttons, ...named].map(({ title }) => title);
  const said = [...text.split(" "), ...place, location?.title ?? "", ...titles];
  return { said: said.filter((part) => part !== ""), files: attachments.map(({ url = "" }) => url) };
}
