import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const addLabel = defineAction({
  name: "add_label",
  title: "Add a label",
  group: "tags",
  description: "Adds a label, which agents see and sort by, to the contact. A label that does not exist is made.",
  args: z.object({ label: z.string().trim().min(1).max(200) }),
  example: { label: "VIP" },
  apply: (context, { label }) => ok({ added: context.addLabel(label) }),
});
