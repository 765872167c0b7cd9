import { botUserApiEndpoints } from "./bot-user-api.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { subscriberEndpoints } from "./subscriber.ts";
import { subscriberChatEndpoints } from "./subscriber-chat.ts";
import { subscriberFieldEndpoints } from "./subscriber-fields.ts";
import { subscriberFlowEndpoints } from "./subscriber-flows.ts";
import { subscriberLabelEndpoints } from "./subscriber-labels.ts";
import { subscriberMessageEndpoints } from "./subscriber-messages.ts";
import { subscriberSearchEndpoints } from "./subscriber-search.ts";
import { subscriberTagEndpoints } from "./subscriber-tags.ts";

/** All endpoints of the door. docs/compat/uchat.md says how one is added. */
export const endpoints: readonly AnyEndpoint[] = [
  ...subscriberSearchEndpoints,
  ...subscriberEndpoints,
  ...subscriberTagEndpoints,
  ...subscriberLabelEndpoints,
  ...subscriberFieldEndpoints,
  ...subscriberFlowEndpoints,
  ...subscriberMessageEndpoints,
  ...subscriberChatEndpoints,
  ...botUserApiEndpoints,
];
