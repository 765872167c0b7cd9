import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const addTag = defineAction({
  name: "add_tag",
  title: "Add a tag",
  group: "tags",
  description:
    "Adds a tag to the contact. A tag that does not exist is made, unless `create` is false: then nothing happens.",
  args: z.object({ tag: z.string().trim().min(1).max(200), create: z.boolean().default(true) }),
  example: { tag: "buyer", create: true },
  apply(context, { tag, create }) {
    // BotHelp's rule for action links: a tag nobody has set up is left alone, and that is no error.
    if (!create && !context.bot.tags.has(tag)) return ok({ added: false, reason: "tag_not_found" });
    return ok({ added: context.addTag(tag) });
  },
});
