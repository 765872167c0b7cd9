import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ChannelType, InboundEvent, WebhookRequest } from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import { AppError, type ErrorCode } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import type { MessageContent } from "../../model/message.ts";
import type { RunningChannel } from "../../shell/channel-runtime.ts";
import type { SubmitReply } from "../../shell/submission.ts";
import { submitInbound } from "../../shell/submit-inbound.ts";
import { listReplies } from "../../store/message-store.ts";
import { toPorts } from "../api/connect-channel.ts";
import type { HttpDependencies } from "../dependencies.ts";

const noBody = Buffer.alloc(0);

/**
 * Where messengers call. The body stays bytes, since signatures are over bytes; the answer comes after everything that follows from
 * the call's events is committed, so that a platform that hears nothing delivers again and loses nothing.
 */
export function channelWebhookRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.route<{ Params: { channelId: string } }>({
    method: ["GET", "POST"],
    url: "/webhooks/:channelId",
    config: { quiet: true },
    handler: async (request, reply) => {
      const channel = await findChannel(dependencies, request.params.channelId);
      const body = request.body instanceof Buffer ? request.body : noBody;
      const result = await receive(channel, request, body);
      // Platforms ask whether somebody is here while the channel is being connected: what brings no events is answered.
      if (channel.status === "disconnected" && result.events.length > 0) throw nobody();
      const replies = await submitInbound(dependencies, channel.id, result.events);
      throwWhatMustComeAgain(replies);
      acknowledge(dependencies, channel, result.acknowledge);
      const answered = await findAnswered(dependencies, channel.id, result.events, replies);
      const said = answered.length === 0 ? undefined : (channel.type as ChannelType).answerWith?.(answered, channel);
      return reply.send(said ?? result.response?.body ?? "");
    },
  });
}

const nobody = () => new AppError("channel.not_found", "there is no connected channel at this address");

async function findChannel({ channels }: HttpDependencies, id: string): Promise<RunningChannel> {
  const channel = /^\d{1,15}$/.test(id) ? await channels.find(Number(id)) : undefined;
  if (channel === undefined) throw nobody();
  return channel;
}

function acknowledge(dependencies: HttpDependencies, channel: RunningChannel, what: Json | undefined): void {
  if (what === undefined) return;
  const done = (channel.type as ChannelType).acknowledge?.(what, channel, toPorts(dependencies));
  done?.catch((thrown) =>
    dependencies.log.warn(
      { err: toError(thrown), channelId: channel.id },
      "the platform did not take that an event was dealt with",
    ),
  );
}

/** What the answer is to say to the person. Read anew, so that a call that comes again is answered alike. */
async function findAnswered(
  { db }: HttpDependencies,
  channelId: number,
  events: readonly InboundEvent[],
  replies: readonly SubmitReply[],
): Promise<MessageContent[]> {
  const answered: MessageContent[] = [];
  for (const [index, { from: recipient, countInAnswer }] of events.entries()) {
    const { contactId, eventId } = replies[index] ?? {};
    if (countInAnswer === undefined || contactId === undefined || eventId === undefined) continue;
    const contents = await listReplies(db, { contactId, eventId, channelId, recipient });
    answered.push(...contents.slice(0, countInAnswer(contents)));
  }
  return answered;
}

const refusals: Readonly<Record<400 | 401 | 403 | 404, ErrorCode>> = {
  400: "channel.bad_webhook",
  401: "channel.unauthenticated",
  403: "channel.refused",
  404: "channel.not_found",
};

async function receive(channel: RunningChannel, request: FastifyRequest, body: Buffer) {
  // The registry hides each type's settings behind `never`; the runtime parsed them by this very type.
  const type = channel.type as ChannelType;
  if (type.receive === undefined)
    throw new AppError("channel.no_webhook", `a channel of kind ${type.kind} takes no calls`);
  const call: WebhookRequest = {
    method: request.method,
    headers: request.headers,
    query: request.query as Record<string, unknown>,
    body,
  };
  const result = await type.receive(call, channel);
  if (result.ok) return result;
  throw new AppError(refusals[result.status], result.message, { details: { code: result.code } });
}

/** A channel that was deleted meanwhile is gone for the platform too; an event that broke `advance` is kept and need not come again. */
function throwWhatMustComeAgain(replies: readonly SubmitReply[]): void {
  const isGone = replies.some((reply) => reply.status === "refused" && reply.code === "channel.not_found");
  if (isGone) throw nobody();
}
