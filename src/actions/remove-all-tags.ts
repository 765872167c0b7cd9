import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const removeAllTags = defineAction({
  name: "remove_all_tags",
  title: "Remove all tags",
  group: "tags",
  description: "Takes every tag off the contact.",
  args: z.object({}),
  example: {},
  apply(context) {
    const { tags } = context.contact;
    for (const tag of tags) context.removeTag(tag);
    return ok({ removed: tags.length });
  },
});
