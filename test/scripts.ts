import { createScriptPool } from "../src/shell/scripts/script-pool.ts";

/** Scripts run in threads as in a server; none is started before somebody needs it, and none keeps a test's process. */
export const { run: runScript } = createScriptPool({ threads: 1 });
