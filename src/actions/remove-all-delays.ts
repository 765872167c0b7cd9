import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const removeAllDelays = defineAction({
  name: "remove_all_delays",
  title: "Stop waiting in smart delays",
  group: "flows",
  description: "Ends the walks that wait in a delay. Gives how many.",
  args: z.object({}),
  example: {},
  apply: ({ conversation }) => ok({ deleted: conversation.dropDelays() }),
});
