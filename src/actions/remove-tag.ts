import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const removeTag = defineAction({
  name: "remove_tag",
  title: "Remove a tag",
  group: "tags",
  description: "Takes a tag off the contact.",
  args: z.object({ tag: z.string().trim().min(1).max(200) }),
  example: { tag: "lead" },
  apply: (context, { tag }) => ok({ removed: context.removeTag(tag) }),
});
