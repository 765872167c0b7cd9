import type { z } from "zod";
import type { ConnectedIntegration, IntegrationPorts } from "../../engine/integration-type.ts";
import type { OutboundRequest, OutboundResult } from "../../engine/outbound.ts";
import { lockedOut, notSignedIn, renewTokens, turnMs } from "./oauth.ts";
import { AmocrmProblem, judge, parseJson, retryLater, toProblem, unauthorized, uncertain } from "./problem.ts";
import { isSet, type Settings, settingsSchema } from "./settings.ts";

type Answer = Extract<OutboundResult, { readonly kind: "ok" }>;

/** amoCRM's API v4 for one call. Everything throws `AmocrmProblem`. */
export interface AmocrmApi {
  readonly account: string;
  /** Undefined: there is nothing (204, which empty lists are answered with too, or 404). */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined>;
  /** Makes something new. Where `mayBeDone` stands in what it throws, it may have been made. */
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** False: what was to be changed is gone. */
  patch(path: string, body: unknown): Promise<boolean>;
}

/** A token that ends within this time is renewed before it is used. */
const leastLeftMs = 60_000;

export function openApi({ settings }: ConnectedIntegration<Settings>, ports: IntegrationPorts): AmocrmApi {
  let current = settings;

  async function renew(used: string): Promise<void> {
    current = await renewTokens(ports, used, (stored) => settingsSchema.parse(stored));
  }

  async function send(request: Pick<OutboundRequest, "method" | "url" | "body">): Promise<Answer> {
    if (!(await ports.turn(turnMs))) throw retryLater("too many calls wait for amoCRM");
    const { accessToken = "" } = current;
    const result = await ports.http({
      ...request,
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: "application/hal+json",
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      },
    });
    if (result.kind !== "ok") throw toProblem(request.method, result);
    return result;
  }

  async function ask(method: "GET" | "POST" | "PATCH", path: string, body?: unknown): Promise<Answer | undefined> {
    const url = `${current.account}${path}`;
    const request = { method, url, body: body === undefined ? undefined : JSON.stringify(body) };
    if (!isSet(current.accessToken)) throw unauthorized(notSignedIn);
    const { expiresAt = Infinity } = current;
    if (isSet(current.refreshToken) && expiresAt - leastLeftMs < ports.now()) await renew(current.accessToken);
    let answer = await send(request);
    if (answer.status === 401) {
      await renew(current.accessToken ?? "");
      answer = await send(request);
    }
    if (answer.status === 401) throw unauthorized(lockedOut(current));
    if (answer.status === 204 || (answer.status === 404 && method !== "POST")) return undefined;
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw judge(request, answer, ports.now());
  }

  function read<T>(method: "GET" | "POST", { body, status }: Answer, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(parseJson(body));
    if (parsed.success) return parsed.data;
    throw uncertain(method, `amoCRM answered (${status}) with what cannot be understood`);
  }

  return {
    account: settings.account,
    async get(path, schema) {
      const answer = await ask("GET", path);
      return answer && read("GET", answer, schema);
    },
    async post(path, body, schema) {
      const answer = await ask("POST", path, body);
      if (answer === undefined) throw uncertain("POST", "amoCRM answered nothing at all");
      return read("POST", answer, schema);
    },
    patch: async (path, body) => (await ask("PATCH", path, body)) !== undefined,
  };
}

/** What a call comes to where amoCRM has a say in it. */
export async function asResult<T>(run: () => Promise<T>): Promise<T | AmocrmProblem["result"]> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof AmocrmProblem) return thrown.result;
    throw thrown;
  }
}
