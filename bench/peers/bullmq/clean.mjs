import { inbound, outbound } from "./queues.mjs";

for (const queue of [inbound, outbound]) await queue.obliterate({ force: true });
process.exit(0);
