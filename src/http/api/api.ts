import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { AddAddressLimit } from "../address-limit.ts";
import { addAuditLog } from "../audit.ts";
import { addAuthentication, addRequestLimit } from "../auth.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { decodeBody } from "../encoding.ts";
import { addDataHeaders } from "../security-headers.ts";
import { actionResource } from "./actions.ts";
import { auditLogResource } from "./audit-log.ts";
import { botResource } from "./bots.ts";
import { broadcastResource } from "./broadcasts.ts";
import { channelResource } from "./channels.ts";
import { closingNoteResource } from "./closing-notes.ts";
import { contactCountResource } from "./contact-counts.ts";
import { contactDataResource } from "./contact-data.ts";
import { contactExportResource } from "./contact-export.ts";
import { contactHistoryResource } from "./contact-history.ts";
import { contactListResource } from "./contact-lists.ts";
import { contactResource } from "./contacts.ts";
import { conversationEntryResource } from "./conversation-entries.ts";
import { conversationResource } from "./conversations.ts";
import { customEventResource } from "./custom-events.ts";
import { dealResource } from "./deals.ts";
import { docsPage } from "./docs-page.ts";
import { entryLinkResource } from "./entry-links.ts";
import { eventResource } from "./events.ts";
import { fieldResource } from "./fields.ts";
import { fileResource } from "./files.ts";
import { flowFileResource } from "./flow-files.ts";
import { flowStatisticsResource } from "./flow-statistics.ts";
import { flowResource } from "./flows.ts";
import { importResource } from "./imports.ts";
import { inboundWebhookResource } from "./inbound-webhooks.ts";
import { inboxResource } from "./inbox.ts";
import { integrationLogResource } from "./integration-log.ts";
import { integrationResource } from "./integrations.ts";
import { invitationResource } from "./invitations.ts";
import { labelResource } from "./labels.ts";
import { memberAccessResource } from "./member-access.ts";
import { memberResource } from "./members.ts";
import { messageResource } from "./messages.ts";
import { orderResource } from "./orders.ts";
import { overviewResource } from "./overview.ts";
import { platformTemplateResource } from "./platform-templates.ts";
import { productResource } from "./products.ts";
import { queryResource } from "./queries.ts";
import { requestTestResource } from "./request-test.ts";
import { retryResource } from "./retries.ts";
import type { ApiResource } from "./route.ts";
import { salesPlanResource } from "./sales-plans.ts";
import { savedReplyResource } from "./saved-replies.ts";
import { scriptTestResource } from "./script-test.ts";
import { secretResource } from "./secrets.ts";
import { segmentResource } from "./segments.ts";
import { sequenceResource } from "./sequences.ts";
import { simulationResource } from "./simulation.ts";
import { systemResource } from "./system.ts";
import { tagResource } from "./tags.ts";
import { tokenResource } from "./tokens.ts";
import { variableResource } from "./variables.ts";
import { webhookResource } from "./webhooks.ts";
import { workspaceResource } from "./workspace.ts";

const resources: readonly ApiResource[] = [
  contactResource,
  contactHistoryResource,
  contactDataResource,
  contactExportResource,
  contactListResource,
  actionResource,
  queryResource,
  messageResource,
  productResource,
  orderResource,
  salesPlanResource,
  dealResource,
  tagResource,
  labelResource,
  fieldResource,
  variableResource,
  secretResource,
  botResource,
  flowResource,
  flowFileResource,
  flowStatisticsResource,
  requestTestResource,
  scriptTestResource,
  simulationResource,
  sequenceResource,
  segmentResource,
  importResource,
  broadcastResource,
  channelResource,
  platformTemplateResource,
  entryLinkResource,
  conversationResource,
  conversationEntryResource,
  inboxResource,
  fileResource,
  savedReplyResource,
  closingNoteResource,
  customEventResource,
  memberResource,
  memberAccessResource,
  invitationResource,
  eventResource,
  retryResource,
  integrationResource,
  integrationLogResource,
  webhookResource,
  inboundWebhookResource,
  tokenResource,
  workspaceResource,
  contactCountResource,
  auditLogResource,
  overviewResource,
  systemResource,
];

const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml", "text/plain"];

/** The native API, its OpenAPI document and the page that shows it. */
export async function apiRoutes(
  app: FastifyInstance,
  dependencies: HttpDependencies,
  limit: AddAddressLimit,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Repartee API",
        version: "1",
        description:
          "Everything that can be done with a workspace. Lists come in pages by `cursor`; writes take an `Idempotency-Key`; errors have one shape, and docs/errors.md explains their codes.",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(async (resourcesApp) => {
    addDataHeaders(resourcesApp);
    addAuthentication(resourcesApp, dependencies);
    addAuditLog(resourcesApp, dependencies);
    await addRequestLimit(resourcesApp, dependencies);
    resourcesApp.addHook("onRequest", (request, reply, done) => {
      reply.code(request.routeOptions.config.status ?? 200);
      done();
    });
    resourcesApp.addContentTypeParser(yamlTypes, { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
      decodeBody(body),
    );
    for (const add of resources) add(resourcesApp.withTypeProvider<ZodTypeProvider>(), dependencies);
  });
  await app.register(async (part) => {
    limit(part);
    part.get("/openapi.json", { schema: { hide: true } }, async () => ({
      ...app.swagger(),
      servers: [{ url: dependencies.publicUrl }],
    }));
    docsPage(part);
  });
}
