import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const hasTag = defineAction({
  name: "has_tag",
  title: "Ask whether there is a tag",
  group: "tags",
  isForCallers: true,
  description: "Says whether the contact has the tag.",
  args: z.object({ tag: z.string().trim().min(1).max(200) }),
  example: { tag: "buyer" },
  apply: ({ contact }, { tag }) => ok({ has: contact.tags.includes(tag) }),
});
