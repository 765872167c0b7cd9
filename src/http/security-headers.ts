import type { FastifyInstance } from "fastify";

/** For answers that are data, or texts without anything to load: nothing may be loaded by them, nobody may frame them. (`default-src` speaks neither for a base nor for forms.) */
export const dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Nothing here asks for any of it, nor may a page that frames one of ours have it ask. */
const noPermissions = [
  "camera",
  "microphone",
  "geolocation",
  "payment",
  "usb",
  "serial",
  "bluetooth",
  "display-capture",
]
  .map((name) => `${name}=()`)
  .join(", ");
/** Two years, as browsers' own lists ask for. */
const hstsSeconds = 63_072_000;

/** What every answer says, unless its own part says otherwise. */
export function addBaseHeaders(
  app: FastifyInstance,
  dependencies: { readonly publicUrl: string; readonly hstsSubdomains?: boolean | undefined },
): void {
  // Of its subdomains only where whoever runs the server says so: they are not ours to speak for.
  const hsts = `max-age=${hstsSeconds}${dependencies.hstsSubdomains === true ? "; includeSubDomains" : ""}`;
  app.addHook("onSend", async (_request, reply) => {
    const wanted: Record<string, string> = {
      "x-content-type-options": "nosniff",
      "permissions-policy": noPermissions,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "same-origin",
      "content-security-policy": dataPolicy,
      ...(dependencies.publicUrl.startsWith("https:") ? { "strict-transport-security": hsts } : {}),
    };
    for (const [name, value] of Object.entries(wanted)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
}

/** Headers for a part of the server whose answers are data, not pages. Pages bring a policy of their own. */
export function addDataHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
    reply.header("content-security-policy", dataPolicy);
    reply.header("cache-control", "no-store");
    done();
  });
}
