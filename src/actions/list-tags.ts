import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const listTags = defineAction({
  name: "list_tags",
  title: "Read the tags",
  group: "tags",
  isForCallers: true,
  description: "Gives the contact's tags.",
  args: z.object({}),
  example: {},
  apply: ({ contact }) => ok({ tags: [...contact.tags] }),
});
