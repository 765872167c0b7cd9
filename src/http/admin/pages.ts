import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { HttpDependencies } from "../dependencies.ts";

const folder = path.resolve(import.meta.dirname, "../../../dist/web/admin");

/** Where the admin's own router takes over; everything else at the root is another part's. */
const pages = [
  "/",
  "/sign-in",
  "/second-factor",
  "/forgotten-password",
  "/new-password",
  "/confirm-email",
  "/setup",
  "/invitation/:secret",
  "/w/*",
];

/** The admin: one page for all its addresses, and the files that it loads. */
export async function adminRoutes(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  const template = await readFile(path.join(folder, "index.html"), "utf8").catch(() => undefined);
  for (const url of pages) {
    // Monitors ask for a page by HEAD.
    app.get(url, { schema: { hide: true }, exposeHeadRoute: true }, async (_request, reply) => {
      reply.header("x-content-type-options", "nosniff").header("referrer-policy", "same-origin");
      if (template === undefined) {
        return reply.status(503).type("text/plain").send("the admin is not built: run npm run build");
      }
      const nonce = randomBytes(16).toString("base64");
      return (
        reply
          .header("content-security-policy", pagePolicy(nonce, new URL(dependencies.publicUrl).origin))
          // The page names files by their contents; it has to be asked for anew.
          .header("cache-control", "no-store")
          .type("text/html; charset=utf-8")
          .send(template.replaceAll("%NONCE%", nonce))
      );
    });
  }
  // Some dozens for each page: what the start printed, the set-up code among it, would be out of the terminal with the first look.
  app.addHook("onRoute", (route) => {
    route.config = { ...route.config, quiet: true };
  });
  if (template === undefined) {
    // The routes of a server do not depend on what lies on its disk.
    const handler = (_request: unknown, reply: FastifyReply) => reply.callNotFound();
    app.route({ method: ["GET", "HEAD"], url: "/assets/*", schema: { hide: true }, handler });
    return;
  }
  await app.register(fastifyStatic, {
    root: path.join(folder, "assets"),
    prefix: "/assets/",
    index: false,
    immutable: true,
    maxAge: "365d",
    preCompressed: true,
    setHeaders: (reply) => {
      reply.header("x-content-type-options", "nosniff");
    },
  });
}

/** Nothing from elsewhere runs or loads, but for the pictures and films that messages show. Styles that scripts make carry the nonce. */
function pagePolicy(nonce: string, publicOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' http: https: data: blob:",
    "media-src http: https: blob:",
    // Older browsers do not count sockets of the same host as 'self'.
    `connect-src 'self' ${publicOrigin.replace(/^http/, "ws")}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
