import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { findWebchat } from "../../store/webchat-store.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { chatPage, notFoundPage, pageStyle } from "./page-texts.ts";

const widgetFile = path.resolve(import.meta.dirname, "../../../dist/web/widget.js");

/** The widget's script and the full-page chat at `/chat/BOT`. */
export async function pageRoutes(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  const { db } = dependencies;
  const widget = await readFile(widgetFile).catch(() => undefined);
  const etag = widget === undefined ? "" : `"${hash(widget).slice(0, 20)}"`;

  app.get("/widget.js", { config: { quiet: true }, exposeHeadRoute: true }, async (request, reply) => {
    reply.header("x-content-type-options", "nosniff");
    if (widget === undefined) {
      return reply.status(503).type("text/plain").send("the widget is not built: run npm run build");
    }
    // Short: a page that embeds it follows a new release within minutes. Other origins may load it, also where they ask to be isolated.
    reply.header("cache-control", "public, max-age=300").header("etag", etag);
    reply.header("access-control-allow-origin", "*").header("cross-origin-resource-policy", "cross-origin");
    if (request.headers["if-none-match"] === etag) return reply.status(304).send();
    return reply.type("text/javascript; charset=utf-8").send(widget);
  });
  app.get<{ Params: { bot: string } }>("/chat/:bot", { exposeHeadRoute: true }, async (request, reply) => {
    const { bot } = request.params;
    const found = await findWebchat(db, bot);
    return found === undefined
      ? sendPage(reply.status(404), notFoundPage(bot), dependencies)
      : sendPage(reply, chatPage({ ref: bot, name: found.botName }), dependencies, framers(found.settings));
  });
}

const hash = (data: string | Buffer) => createHash("sha256").update(data).digest("base64");
const styleHash = hash(pageStyle);

/** Nothing from elsewhere runs or loads, but for the pictures and films that messages show. */
function pagePolicy(publicUrl: string, mayFrame: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${styleHash}'`,
    "img-src http: https: data:",
    "media-src http: https:",
    // Older browsers do not count sockets of the same host as 'self'.
    `connect-src 'self' ${publicUrl.replace(/^http/, "ws")}`,
    "base-uri 'none'",
    "form-action 'none'",
    ["frame-ancestors 'self'", ...mayFrame].join(" "),
  ].join("; ");
}

/** The sites that may embed the chat may frame its page as well. */
function framers(settings: unknown): readonly string[] {
  return framersSchema.safeParse(settings).data?.allowedOrigins ?? [];
}
const framersSchema = z.object({ allowedOrigins: z.array(z.string().regex(/^https?:\/\/[^\s;,'"]+$/)).default([]) });

function sendPage(
  reply: FastifyReply,
  html: string,
  { publicUrl }: HttpDependencies,
  mayFrame: readonly string[] = [],
): FastifyReply {
  return reply
    .header("content-security-policy", pagePolicy(new URL(publicUrl).origin, mayFrame))
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "same-origin")
    .header("cache-control", "no-cache")
    .type("text/html; charset=utf-8")
    .send(html);
}
