import type { AnyEndpoint } from "./endpoint.ts";
import { subscriberEndpoints } from "./subscriber.ts";
import { subscriberTagEndpoints } from "./subscriber-tags.ts";

/** All endpoints of the door. docs/compat/uchat.md says how one is added. */
export const endpoints: readonly AnyEndpoint[] = [...subscriberEndpoints, ...subscriberTagEndpoints];
