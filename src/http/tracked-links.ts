import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toError } from "../engine/to-error.ts";
import { findTarget, openTrackedLink } from "../shell/tracked-links.ts";
import { findSentMessage } from "../store/message-store.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { linkGonePage } from "./webchat/page-texts.ts";

type LinkRequest = FastifyRequest<{ Params: { token: string } }>;

/**
 * Programs that open a link to show what is behind it, or to look for harm; by what they call themselves. Messengers do so for every link that is sent: without this each message would count as opened.
 */
const previews =
  // Cubot makes telephones.
  /(?<!cu)bot\b|crawler|spider|preview|facebookexternalhit|facebookcatalog|^WhatsApp\/|^Viber|vkShare|GoogleImageProxy|YahooMailProxy|Barracuda|Mimecast|Proofpoint|SafeLinks|^python-|^curl\/|^Wget|^Go-http-client|^okhttp|HeadlessChrome/i;

/** Where tracked buttons lead: the opening is an event of the contact, once for each message and button, and the browser is sent on to the page that stands in the stored message. */
export function trackedLinkRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { db, submit, secretKey, log } = dependencies;
  const options = { schema: { hide: true }, config: { quiet: true } };
  app.route({ ...options, method: ["GET", "HEAD"], url: "/l/:token", handler: follow });

  async function follow(request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply
      .header("cache-control", "no-store")
      .header("x-robots-tag", "noindex")
      .header("referrer-policy", "no-referrer");
    const link = openTrackedLink(secretKey, request.params.token);
    const message = link === undefined ? undefined : await findSentMessage(db, link.messageId);
    const target = link === undefined || message === undefined ? undefined : findTarget(message.content, link);
    if (link === undefined || message === undefined || target === undefined) {
      return reply.status(404).type("text/html; charset=utf-8").send(linkGonePage());
    }
    if (isPerson(request)) {
      const { flowRef, stepRef } = message;
      await submit({
        target: { contactId: message.contactId },
        happening: {
          ...{ kind: "link_opened", message: link.messageId, title: target.title, url: target.url },
          ...(flowRef === null ? {} : { flow: flowRef }),
          ...(stepRef === null ? {} : { step: stepRef }),
        },
        source: "channel",
        dedupeKey: `l${link.messageId}:${link.isInText === true ? "t" : ""}${link.index}`,
      }).catch((thrown: unknown) => {
        // Whoever wants to see the page sees it, also where it cannot be counted.
        log.warn({ err: toError(thrown), messageId: link.messageId }, "an opened link could not be counted");
      });
    }
    return reply.redirect(target.url, 302);
  }
}

/** Browsers that load a page before anybody asks for it say so: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Purpose. */
function isPerson({ method, headers }: FastifyRequest): boolean {
  const purpose = `${headers["sec-purpose"] ?? ""} ${headers.purpose ?? ""}`;
  const agent = headers["user-agent"] ?? "";
  return method === "GET" && agent !== "" && !previews.test(agent) && !/prefetch|preview/i.test(purpose);
}
