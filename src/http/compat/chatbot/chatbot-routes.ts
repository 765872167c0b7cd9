import type { FastifyInstance } from "fastify";
import { addDoorAuditLog } from "../../audit.ts";
import { addDoorAuthentication } from "../../auth.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { parseJson } from "../../encoding.ts";
import { logError, toAppError, toMissingRoute } from "../../errors.ts";
import { addDataHeaders } from "../../security-headers.ts";
import { sendChatbotError } from "./answers.ts";
import { addCallLog } from "./call-notes.ts";
import { exportRoutes } from "./export.ts";
import { storyRoutes } from "./stories.ts";
import { userRoutes } from "./users.ts";
import { webhookRoutes } from "./webhooks.ts";

/** ChatBot.com's API (requirements/004), v1 and v2. */
export async function chatbotRoutes(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toAppError(thrown);
    logError(error, request);
    return await sendChatbotError(reply, error, dependencies.now());
  });
  app.setNotFoundHandler(
    async (request, reply) => await sendChatbotError(reply, toMissingRoute(request, reply), dependencies.now()),
  );
  // A search may stand in the body of a GET.
  app.addHttpMethod("GET", { hasBody: true, overrideExisting: true });
  await app.register(async (part) => {
    addDataHeaders(part);
    await addDoorAuthentication(part, dependencies, "chatbot");
    addCallLog(part, dependencies);
    addDoorAuditLog(part, dependencies);
    // Clients write addresses with and without a slash at their end.
    part.addHook("onRoute", (route) => {
      if (!route.url.endsWith("/")) part.route({ ...route, url: `${route.url.slice(part.prefix.length)}/` });
    });
    // JSON under whatever name.
    part.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
      body.length === 0 ? undefined : parseJson(body),
    );
    exportRoutes(part, dependencies);
    userRoutes(part, dependencies);
    storyRoutes(part, dependencies);
    webhookRoutes(part, dependencies);
  });
}
