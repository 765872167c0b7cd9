import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const removeLabel = defineAction({
  name: "remove_label",
  title: "Remove a label",
  group: "tags",
  description: "Takes a label off the contact.",
  args: z.object({ label: z.string().trim().min(1).max(200) }),
  example: { label: "VIP" },
  apply: (context, { label }) => ok({ removed: context.removeLabel(label) }),
});
