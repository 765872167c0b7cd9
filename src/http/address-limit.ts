import { isIPv6 } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { createRefusalLog } from "./refusal-log.ts";

/** Adds to a part of the server the limit of what one address may ask for without a token. */
export type AddAddressLimit = (part: FastifyInstance) => void;

/**
 * Limits for doors that ask for no token: so many requests a second of one address, over all of them, counted by each process for itself. What it throws is `request.too_fast`, before a body is read.
 */
export function createAddressLimit({ requestsPerSecond, now, log }: HttpDependencies): AddAddressLimit {
  const refusals = createRefusalLog({ log, now });
  const limits = createRateLimits({ perSecond: requestsPerSecond, burst: requestsPerSecond });
  return (part) => {
    part.addHook("onRequest", async (request, reply) => {
      if (limits.take(addressOf(request), now())) return;
      refusals.note("requests of an address", addressOf(request));
      refuse(reply);
    });
  };
}

/**
 * The same for doors where one good caller may ask for thousands a second: a messenger that signs its calls, GetCourse with its token. Only what was refused as coming from a stranger is counted; who has
 * had too much of that is not even heard.
 */
export function createRefusalLimit({ requestsPerSecond, now, log }: HttpDependencies): AddAddressLimit {
  const refusals = createRefusalLog({ log, now });
  const perSecond = Math.max(1, Math.floor(requestsPerSecond / 10));
  const limits = createRateLimits({ perSecond, burst: perSecond });
  const shut = new Map<string, number>();
  return (part) => {
    part.addHook("onRequest", async (request, reply) => {
      const until = shut.get(addressOf(request));
      if (until === undefined) return;
      if (now() < until) {
        refusals.note("refused calls of an address", addressOf(request));
        refuse(reply);
      }
      shut.delete(addressOf(request));
    });
    part.addHook("onResponse", async (request, { statusCode }) => {
      if (strange.has(statusCode)) note(request, { limits, shut, now: now() });
    });
  };
}

const strange: ReadonlySet<number> = new Set([401, 403, 404]);
const shutMs = 1_000;
const mostShut = 10_000;

function note(
  request: FastifyRequest,
  { limits, shut, now }: { readonly limits: RateLimits; readonly shut: Map<string, number>; readonly now: number },
): void {
  const address = addressOf(request);
  if (limits.take(address, now)) return;
  if (shut.size >= mostShut) for (const [one, until] of shut) if (until <= now) shut.delete(one);
  if (shut.size < mostShut) shut.set(address, now + shutMs);
}

/** Doors that answer in a vendor's shape know of no waiting: the header is set here. */
function refuse(reply: FastifyReply): never {
  reply.header("retry-after", "1");
  throw new AppError("request.too_fast", say`too many requests from one address; try again in a second`);
}

/** A network of IPv6 is one customer's: whoever has one has more addresses than there are requests. */
export function addressOf({ ip }: Pick<FastifyRequest, "ip">): string {
  const address = ip.startsWith("::ffff:") ? ip.slice(7) : ip.slice(0, 100);
  return isIPv6(address) ? networkOf(address) : address;
}

/** The first 64 bits. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return `${[...front, ...zeros, ...back].slice(0, 4).join(":")}::/64`;
}
