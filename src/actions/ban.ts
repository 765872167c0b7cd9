import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const ban = defineAction({
  name: "ban",
  title: "Ban the contact",
  group: "conversation",
  description:
    "From now on the contact gets no flow and no message; what they write is stored. Waits that end meanwhile wait on.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ changed: conversation.setBanned(true) }),
});
