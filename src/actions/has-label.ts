import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const hasLabel = defineAction({
  name: "has_label",
  title: "Ask whether there is a label",
  group: "tags",
  isForCallers: true,
  description: "Says whether the contact has the label.",
  args: z.object({ label: z.string().trim().min(1).max(200) }),
  example: { label: "vip" },
  apply: ({ contact }, { label }) => ok({ has: contact.labels.includes(label) }),
});
