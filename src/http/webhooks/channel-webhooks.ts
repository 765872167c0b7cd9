import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ChannelType, WebhookRequest } from "../../engine/channel-type.ts";
import { AppError, type ErrorCode } from "../../model/app-error.ts";
import type { RunningChannel } from "../../shell/channel-runtime.ts";
import type { SubmitReply } from "../../shell/submission.ts";
import { submitInbound } from "../../shell/submit-inbound.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { checkUrl } from "../encoding.ts";

const noBody = Buffer.alloc(0);

/**
 * Where messengers call. The body stays bytes, since signatures are over bytes; the answer comes after everything that follows from
 * the call's events is committed, so that a platform that hears nothing delivers again and loses nothing.
 */
export function channelWebhookRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", checkUrl);
  app.route<{ Params: { channelId: string } }>({
    method: ["GET", "POST"],
    url: "/webhooks/:channelId",
    config: { quiet: true },
    handler: async (request, reply) => {
      const channel = await findChannel(dependencies, request.params.channelId);
      const body = request.body instanceof Buffer ? request.body : noBody;
      const result = await receive(channel, request, body);
      const replies = await submitInbound(dependencies, channel.id, result.events);
      throwWhatMustComeAgain(replies);
      return reply.send(result.response?.body ?? "");
    },
  });
}

async function findChannel({ channels }: HttpDependencies, id: string): Promise<RunningChannel> {
  const channel = /^\d{1,15}$/.test(id) ? await channels.find(Number(id)) : undefined;
  if (channel === undefined || channel.status === "disconnected") {
    throw new AppError("channel.not_found", "there is no connected channel at this address");
  }
  return channel;
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
  if (isGone) throw new AppError("channel.not_found", "there is no connected channel at this address");
}
