import type { IncomingMessage } from "node:http";

/**
 * What Laravel does for clients that cannot send a body with PUT or DELETE: they send POST, and the method they mean in the header `X-HTTP-Method-Override`. Only
 * for UChat's door, and before the router looks.
 */
export function overrideMethod(request: IncomingMessage): void {
  if (request.method !== "POST" || request.url?.startsWith("/compat/uchat/") !== true) return;
  const meant = String(request.headers["x-http-method-override"] ?? "").toUpperCase();
  if (meant === "PUT" || meant === "DELETE") request.method = meant;
}
