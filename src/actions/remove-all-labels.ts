import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const removeAllLabels = defineAction({
  name: "remove_all_labels",
  title: "Remove all labels",
  group: "tags",
  description: "Takes every label off the contact.",
  args: z.object({}),
  example: {},
  apply(context) {
    const { labels } = context.contact;
    for (const label of labels) context.removeLabel(label);
    return ok({ removed: labels.length });
  },
});
