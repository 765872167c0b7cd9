import { expect, it } from "vitest";
import { aBot, aFlow, anEvent, aWorld, catalogue } from "../../test/builders.ts";
import type { Contact } from "../model/contact.ts";
import { createAdvance } from "./advance.ts";

const advance = createAdvance(catalogue);

it("answers an album once, and the next one again", () => {
  const flow = aFlow({
    triggers: [{ kind: "default_reply" }],
    steps: [{ ref: "s", kind: "message", config: { messages: [{ text: "Nice" }] } }],
  });
  const world = aWorld({ bot: aBot({ flows: [flow] }) });
  let contact: Contact = world.contact;
  const said = ["a", "a", "a", undefined, "b", "b", undefined].map((album, index) => {
    const message = { attachments: [{ kind: "image" as const, url: `u${index}` }], ...(album && { album }) };
    const outcome = advance({ ...world, contact }, anEvent({ kind: "message", message }, { id: index + 1 }));
    ({ contact } = outcome);
    return outcome.messages.length;
  });
  expect(said).toEqual([1, 0, 0, 1, 1, 0, 1]);
});
