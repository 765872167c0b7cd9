import { agentEndpoints } from "./agents.ts";
import { botUserApiEndpoints } from "./bot-user-api.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { closingNoteEndpoints } from "./flow-closing-notes.ts";
import { customEventEndpoints } from "./flow-events.ts";
import { flowBotFieldEndpoints, flowUserFieldEndpoints } from "./flow-fields.ts";
import { inboundWebhookEndpoints } from "./flow-inbound-webhooks.ts";
import { flowTagEndpoints, teamLabelEndpoints } from "./flow-names.ts";
import { segmentEndpoints } from "./flow-segments.ts";
import { subFlowEndpoints } from "./flow-subflows.ts";
import { notOfferedEndpoints } from "./not-offered.ts";
import { shopEndpoints } from "./shop.ts";
import { subscriberEndpoints } from "./subscriber.ts";
import { subscriberBroadcastEndpoints } from "./subscriber-broadcasts.ts";
import { subscriberChatEndpoints } from "./subscriber-chat.ts";
import { subscriberFieldEndpoints } from "./subscriber-fields.ts";
import { subscriberFlowEndpoints } from "./subscriber-flows.ts";
import { subscriberLabelEndpoints } from "./subscriber-labels.ts";
import { subscriberMessageEndpoints } from "./subscriber-messages.ts";
import { subscriberSearchEndpoints } from "./subscriber-search.ts";
import { subscriberShopEndpoints } from "./subscriber-shop.ts";
import { subscriberTagEndpoints } from "./subscriber-tags.ts";
import { teamEndpoints } from "./team.ts";
import { whatsappTemplateEndpoints } from "./whatsapp-templates.ts";

/** All endpoints of the door. docs/compat/uchat.md says how one is added. */
export const endpoints: readonly AnyEndpoint[] = [
  ...subscriberSearchEndpoints,
  ...subscriberEndpoints,
  ...subscriberTagEndpoints,
  ...subscriberLabelEndpoints,
  ...subscriberFieldEndpoints,
  ...subscriberFlowEndpoints,
  ...subscriberBroadcastEndpoints,
  ...subscriberMessageEndpoints,
  ...subscriberChatEndpoints,
  ...subscriberShopEndpoints,
  ...botUserApiEndpoints,
  ...subFlowEndpoints,
  ...flowTagEndpoints,
  ...flowUserFieldEndpoints,
  ...flowBotFieldEndpoints,
  ...teamEndpoints,
  ...teamLabelEndpoints,
  ...shopEndpoints,
  ...agentEndpoints,
  ...closingNoteEndpoints,
  ...customEventEndpoints,
  ...inboundWebhookEndpoints,
  ...segmentEndpoints,
  ...whatsappTemplateEndpoints,
  ...notOfferedEndpoints,
];
