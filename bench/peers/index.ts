import { builderbot } from "./builderbot.ts";
import { bullmq } from "./bullmq.ts";
import { grammy } from "./grammy.ts";
import { n8n } from "./n8n.ts";
import { nodeRed } from "./node-red.ts";
import type { Peer } from "./peer.ts";
import { repartee } from "./repartee.ts";

/** All that the same work is done with, in the order of the run. */
export const peers: readonly Peer[] = [repartee, grammy, bullmq, builderbot, nodeRed, n8n];
