import { z } from "zod";
import { defineLocalCommand } from "./command.ts";

export const start = defineLocalCommand({
  kind: "local",
  name: "start",
  summary: "Run the server until it is told to stop",
  options: z.strictObject({}),
  async run(context) {
    // Loaded here: the other commands need not wait for the whole server.
    const { serve } = await import("../serve.ts");
    await serve(context);
    return undefined;
  },
});
