import type { FastifyInstance } from "fastify";
import { createDocumentPage } from "../../api/docs-page.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { sendError, toAppError } from "../../errors.ts";
import { subscriberKeys } from "./present-subscriber.ts";

/** The OpenAPI document of BotHelp's door at `swagger/api.json`, and a page that shows it at `swagger/`, where BotHelp has its own. */
export function documentRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const at = "/compat/bothelp/swagger";
  const readPage = createDocumentPage({ title: "BotHelp's API", at, documentUrl: "api.json" });
  app.setErrorHandler(async (thrown, _request, reply) => await sendError(reply, toAppError(thrown)));
  app.get("/swagger/api.json", async () => describeOpenApi(`${dependencies.publicUrl}/compat/bothelp`));
  app.get("/swagger", async (_request, reply) => reply.redirect(`${at}/`, 301));
  app.get("/swagger/*", async (request, reply) => {
    const { type, body, headers } = await readPage(request.url);
    return await reply.headers(headers).type(type).send(body);
  });
}

type JsonObject = Readonly<Record<string, unknown>>;

const text = { type: "string" } as const;
const integer = { type: "integer" } as const;
const objectOf = (properties: JsonObject, required: readonly string[] = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
});
const listOf = (items: JsonObject) => ({ type: "array", items });
const named = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: JsonObject) => ({ "application/json": { schema } });

const operation = (ops: readonly string[], path: JsonObject, value: JsonObject) =>
  objectOf({ op: { enum: ops }, path, value }, ["op", "path"]);

const schemas = {
  Choice: objectOf({ title: text, referral: text }),
  Subscriber: objectOf(
    Object.fromEntries(
      Object.entries(subscriberKeys).map(([key, type]) => [key, type === "tags" ? listOf(text) : { type }]),
    ),
  ),
  SubscriberPage: objectOf(
    {
      data: listOf(named("Subscriber")),
      paging: {
        ...objectOf({ cursor: objectOf({ after: integer }), next: text }),
        description: "Only where there is a next page.",
      },
    },
    ["data"],
  ),
  Success: objectOf({ success: { const: true }, warning: { ...text, description: "Why nothing was done." } }, [
    "success",
  ]),
  Refusal: objectOf({ success: { const: false }, error: text, message: text }),
  ProfilePatch: listOf({
    oneOf: [
      operation(
        ["replace"],
        { enum: ["/name", "/firstName", "/lastName", "/email", "/phone", "/notes"] },
        { type: ["string", "null"] },
      ),
      operation(["add", "remove"], { const: "/tags" }, listOf(text)),
    ],
  }),
  FieldPatch: listOf(operation(["replace"], { ...text, description: "A slash and the field's name." }, {})),
  Messages: {
    oneOf: [
      listOf(objectOf({ content: text })),
      objectOf({ data: objectOf({ content: listOf({ oneOf: [text, named("MessageBlock")] }) }) }),
    ],
  },
  MessageBlock: objectOf(
    { type: { enum: ["text", "image", "video", "audio", "voice", "file"] }, text, url: { ...text, format: "uri" } },
    ["type"],
  ),
  StartBot: objectOf({ botReferral: text, stepReferral: text }, ["botReferral"]),
  StopBot: objectOf({ botReferral: text }),
  Funnel: objectOf({ funnelReferral: text }),
} as const;

const refusal = (description: string) => ({ description, content: json(named("Refusal")) });
const refusals = {
  400: refusal("Does not fit; nothing was done"),
  401: refusal("No live token"),
  404: refusal("Not there, or not for this token"),
  429: refusal("Too many requests a second; see Retry-After"),
};

const inPath = (name: string) => ({ name, in: "path", required: true, schema: text });
const inQuery = (name: string, schema: JsonObject) => ({ name, in: "query", schema });

const read = (summary: string, answer: JsonObject, parameters: readonly JsonObject[] = []) => ({
  get: { summary, parameters, responses: { 200: { description: "Done", content: json(answer) }, ...refusals } },
});

function change(summary: string, body: keyof typeof schemas, types: readonly string[] = ["application/json"]) {
  const content = Object.fromEntries(types.map((type) => [type, { schema: named(body) }]));
  return {
    summary,
    requestBody: { required: true, content },
    responses: { 200: { description: "Done and committed", content: json(named("Success")) }, ...refusals },
  };
}

/** The calls below each of the three addresses of a subscriber. */
function describeSubscriber(base: string, fields: string): JsonObject {
  const parameters = [inPath(/\{(\w+)\}/.exec(base)?.[1] ?? "")];
  const jsonApi = ["application/json", "application/vnd.api+json"];
  return {
    [base]: { parameters, patch: change("Change common fields and tags", "ProfilePatch") },
    [`${base}/${fields}`]: { parameters, patch: change("Change custom fields", "FieldPatch") },
    [`${base}/messages`]: { parameters, post: change("Send messages", "Messages", jsonApi) },
    [`${base}/bot`]: { parameters, post: change("Start a bot", "StartBot"), delete: change("Stop a bot", "StopBot") },
    [`${base}/funnel`]: {
      parameters,
      post: change("Add to a funnel", "Funnel"),
      delete: change("Take out of a funnel", "Funnel"),
    },
  };
}

/** `base`: where the door is, without a trailing slash. */
function describeOpenApi(base: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "BotHelp's Open API, as this server speaks it",
      version: "1",
      description:
        "For clients written for BotHelp: change the base address and the credentials. docs/compat/bothelp.md says what differs. Every address works with a slash at its end as well.",
    },
    servers: [{ url: `${base}/api` }],
    security: [{ oauth: [] }],
    components: {
      securitySchemes: {
        oauth: { type: "oauth2", flows: { clientCredentials: { tokenUrl: `${base}/oauth2/token`, scopes: {} } } },
      },
      schemas,
    },
    paths: {
      "/v1/bots": read("List bots", listOf(named("Choice"))),
      "/v1/bots/{bot_referral}/steps": read("List a bot's steps", listOf(named("Choice")), [inPath("bot_referral")]),
      "/v1/funnels": read("List funnels", listOf(named("Choice"))),
      "/v1/subscribers": read("List subscribers", named("SubscriberPage"), [
        inQuery("email", text),
        inQuery("phone", text),
        inQuery("after", integer),
        inQuery("createdAtAfter", integer),
      ]),
      ...describeSubscriber("/v1/subscribers/{subscriber_id}", "customFields"),
      ...describeSubscriber("/v1/subscribers/cuid/{subscriber_cuid}", "customFields"),
      ...describeSubscriber("/v2/subscribers/messenger/{messenger_user_id}", "custom-fields"),
    },
  };
}
