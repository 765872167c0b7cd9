import { setFlagsFromString } from "node:v8";
import { z } from "zod";
import { defineLocalCommand } from "./command.ts";

export const start = defineLocalCommand({
  kind: "local",
  name: "start",
  summary: "Run the server until it is told to stop",
  options: z.strictObject({}),
  async run(context) {
    // V8 lets the heap grow to a multiple before it looks for what is done with. With this and the young generation of 16 MB that bin/repartee.js and `npm start` ask for, 325 MB
    // under full load; with V8's own measures 420 to 480, and no faster. (25 alone: 345 MB, for a seventh more processor time.)
    setFlagsFromString("--heap-growing-percent=75");
    // Loaded here: the other commands need not wait for the whole server.
    const { serve } = await import("../serve.ts");
    await serve(context);
    return undefined;
  },
});
