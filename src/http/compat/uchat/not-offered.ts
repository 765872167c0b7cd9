import { z } from "zod";
import { okSchema } from "./answers.ts";
import { type AnyEndpoint, endpoint, type Method } from "./endpoint.ts";
import { notOffered } from "./errors.ts";
import { text } from "./input.ts";

const tickets = "there are no ticket lists; keep deals in a sales plan or values in user fields";
const starts = "a flow starts by its triggers: give the flow that shall begin one of the kind `start`, and publish it";
const templates = "templates are made with Meta; the native API lists them: GET /api/v1/channels/ID/templates";
const discounts = "there are no discount codes; give the variant a price of its own, or note the discount on the order";
const summaries = "there are no summaries by day; /metrics and the events of the native API count everything";

/** What UChat has and this product has not, with what to do instead. */
const missing: readonly (readonly [Method, string, AnyEndpoint["scope"], string])[] = [
  ["GET", "/flow-summary", "team", summaries],
  ["GET", "/flow-agent-summary", "team", summaries],
  ["GET", "/flow/conversations/data", "flow", "there are no figures by conversation; read the contact's events"],
  ["GET", "/flow/agent-activity-log/data", "flow", "what agents do is not logged apart; read the contact's events"],
  ["GET", "/flow/template-installs", "flow", "there are no installed templates; flows come and go as files"],
  ["GET", "/templates", "team", "there are no templates; flows come and go as files (repartee import)"],
  ["POST", "/flow/set-default-start-flow", "flow", starts],
  ["POST", "/flow/set-web-chat-widget-default-start-flow", "flow", starts],
  ["POST", "/flow/settings/set-audio-transcription", "flow", "voice messages are kept, and not written out"],
  ["POST", "/whatsapp-template/create", "flow", templates],
  ["DELETE", "/whatsapp-template/delete", "flow", templates],
  ["GET", "/shop/discount-codes", "team", discounts],
  ["GET", "/shop/discount-codes/get-info-by-code", "team", discounts],
  ["GET", "/shop/discount-codes/{codeId}/get-info", "team", discounts],
  ["POST", "/shop/discount-codes/create", "team", discounts],
  ["PUT", "/shop/discount-codes/{codeId}/update", "team", discounts],
  ["DELETE", "/shop/discount-codes/{codeId}/delete", "team", discounts],
  ["DELETE", "/shop/discount-codes/delete-by-code", "team", discounts],
  ["GET", "/team/ticket-lists", "team", tickets],
  ["GET", "/team/ticket-lists/{listId}/fields", "team", tickets],
  ["GET", "/team/ticket-lists/{listId}/items", "team", tickets],
  ["GET", "/team/ticket-lists/{listId}/log-data", "team", tickets],
  ["POST", "/team/ticket-lists/{listId}/create", "team", tickets],
  ["PUT", "/team/ticket-lists/{listId}/update/{listItemId}", "team", tickets],
  ["DELETE", "/team/ticket-lists/{listId}/delete/{listItemId}", "team", tickets],
];

const inPath = (path: string) => Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, key]) => [key, text(60)]));

export const notOfferedEndpoints: readonly AnyEndpoint[] = [
  ...missing.map(([method, path, scope, sentence]) =>
    endpoint({
      method,
      path,
      scope,
      summary: "Not offered here",
      input: z.object(inPath(path)),
      answer: okSchema,
      handle: async () => {
        throw notOffered(sentence);
      },
    }),
  ),
];
