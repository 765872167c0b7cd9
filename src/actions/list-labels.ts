import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const listLabels = defineAction({
  name: "list_labels",
  title: "Read the labels",
  group: "tags",
  isForCallers: true,
  description: "Gives the contact's labels.",
  args: z.object({}),
  example: {},
  apply: ({ contact }) => ok({ labels: [...contact.labels] }),
});
