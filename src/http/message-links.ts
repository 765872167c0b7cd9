import { createHash, randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ChannelType, OpenedLink } from "../engine/channel-type.ts";
import type { Happening } from "../model/event.ts";
import { linkIdentity } from "../store/identity-store.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { linkAskPage, linkDonePage, linkGonePage, pageStyle } from "./webchat/page-texts.ts";

type LinkRequest = FastifyRequest<{ Params: { "*": string } }>;

/**
 * Where signed links of messages lead: a button's press, and unsubscribing. Looking changes nothing, since mail servers and programs open every
 * link to look for harm; only the form's button, or a mail program's one click (RFC 8058), does it.
 */
export function messageLinkRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: 10_000 }, (_request, body, done) => done(null, body));
  const options = { schema: { hide: true }, config: { quiet: true } };
  app.get("/e/*", options, async (request: LinkRequest, reply) => {
    const opened = await open(dependencies, request.params["*"]);
    if (opened === undefined) return sendPage(reply.status(404), linkGonePage());
    return sendPage(reply, linkAskPage(opened.link, randomBytes(16).toString("base64url")));
  });
  app.post("/e/*", options, async (request: LinkRequest, reply) => {
    const opened = await open(dependencies, request.params["*"]);
    if (opened === undefined) return sendPage(reply.status(404), linkGonePage());
    await follow(dependencies, opened, request.body instanceof Buffer ? request.body.toString("utf8") : "");
    return sendPage(reply, linkDonePage(opened.link));
  });
}

interface Opened {
  readonly channelId: number;
  readonly link: OpenedLink;
}

/** A disconnected channel's links still unsubscribe: its mails are still in mailboxes. */
async function open({ channels }: HttpDependencies, token: string): Promise<Opened | undefined> {
  const id = /^(\d{1,15})\./.exec(token)?.[1];
  const channel = id === undefined || token.length > 4_000 ? undefined : await channels.find(Number(id));
  if (channel === undefined) return undefined;
  // The registry hides each type's settings behind `never`; the runtime parsed them by this very type.
  const link = (channel.type as ChannelType).openLink?.(token, channel);
  return link === undefined ? undefined : { channelId: channel.id, link };
}

async function follow({ db, submit }: HttpDependencies, { channelId, link }: Opened, body: string): Promise<void> {
  const target = { channelId, externalId: link.recipient };
  await linkIdentity(db, { ...target, contactId: link.contactId });
  const happening: Happening =
    link.kind === "press"
      ? { kind: "button", payload: link.payload, title: link.title }
      : { kind: "actions", actions: [{ action: "opt_out", args: {} }] };
  // A form that is sent again (a page reloaded) is the same press; another look at the link another.
  const once = /(?:^|&)once=([\w-]{22})(?:&|$)/.exec(body)?.[1];
  const dedupe = once === undefined ? {} : { dedupeKey: `c${channelId}:link:${once}` };
  const { contactId } = await submit({ target, source: "channel", happening, ...dedupe });
  // The mail went to a contact whose address is another one's on the channel: neither shall get any more.
  if (link.kind === "unsubscribe" && contactId !== link.contactId) {
    await submit({ target: { contactId: link.contactId }, source: "channel", happening });
  }
}

const styleHash = createHash("sha256").update(pageStyle).digest("base64");
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** The address is a secret of one person's: it is told to nobody and kept by nobody. */
function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .header("content-security-policy", policy)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer")
    .header("cache-control", "no-store")
    .header("x-robots-tag", "noindex")
    .type("text/html; charset=utf-8")
    .send(html);
}
