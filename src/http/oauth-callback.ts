import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { IntegrationError } from "../engine/integration-type.ts";
import { AppError } from "../model/app-error.ts";
import { openIntegration, store } from "../shell/integrations.ts";
import { changeIntegration, getIntegration, requireIntegration } from "../store/integration-store.ts";
import { openSecrets } from "../store/secret-box.ts";
import { isSigned, sign } from "../store/secret-key.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { dataPolicy } from "./security-headers.ts";

/** How long somebody may take to sign in at the other system. */
const stateMs = 15 * 60_000;
const path = "/oauth/callback";

type Tools = Pick<HttpDependencies, "secretKey" | "now" | "publicUrl">;

/** The one address that other systems send browsers back to. */
export function redirectUriOf({ publicUrl }: Tools): string {
  return `${publicUrl}${path}`;
}

/** Says which integration an answer belongs to, and that the question was ours: `<id>.<until>.<signature>`. */
export function makeState({ secretKey, now }: Tools, integrationId: number): string {
  const said = `${integrationId}.${now() + stateMs}`;
  return `${said}.${sign(secretKey, toSigned(said))}`;
}

function readState({ secretKey, now }: Tools, state: string): number | undefined {
  const [id = "", until = "", signature = ""] = state.split(".");
  const isOurs = isSigned(secretKey, toSigned(`${id}.${until}`), signature);
  return isOurs && Number(until) >= now() ? Number(id) : undefined;
}

const toSigned = (said: string) => `oauth state ${said}`;

/** What an integration says is wrong, as an answer of ours. */
export async function asRefusal<T>(promise: Promise<T> | (() => Promise<T>)): Promise<T> {
  try {
    return await (typeof promise === "function" ? promise() : promise);
  } catch (thrown) {
    if (!(thrown instanceof IntegrationError)) throw thrown;
    throw new AppError("integration.refused", thrown.message, { cause: thrown });
  }
}

const querySchema = z.looseObject({
  state: z.string().max(500).default(""),
  code: z.string().max(5_000).optional(),
  error: z.string().max(500).optional(),
  error_description: z.string().max(1_000).optional(),
});

/** Where browsers come back to after somebody has signed in at another system. The state, which we signed, says for which integration. */
export function oauthRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { db, secretKey } = dependencies;
  app.get(path, { schema: { hide: true } }, async (request, reply) => {
    const { state, code, error, error_description, ...rest } = readQuery(request.query);
    reply.type("text/html; charset=utf-8").header("content-security-policy", dataPolicy);
    const say = (status: number, sentence: string) => reply.code(status).send(page(sentence));
    const id = readState(dependencies, state);
    const row = id === undefined ? undefined : await getIntegration(db, id);
    if (row === undefined) return say(400, "This sign-in was not begun here, or took too long. Begin again.");
    if (code === undefined) return say(400, `The sign-in was refused: ${error_description ?? error ?? "no reason"}.`);
    const { type, connected, ports } = openIntegration(dependencies, row);
    try {
      const query = Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value === "string"));
      const answer = { code, redirectUri: redirectUriOf(dependencies), query: query as Record<string, string> };
      const gained = (await type.oauth?.exchange(connected, answer, ports)) ?? {};
      await db.transaction().execute(async (trx) => {
        const now = await requireIntegration(trx, row, row.id, { lock: true });
        const secrets = now.secrets === null ? {} : openSecrets(now.secrets, secretKey);
        const settings = { ...now.settings, ...secrets, ...gained };
        await changeIntegration(trx, row, row.id, store(type, settings, secretKey));
      });
      return say(200, `"${row.name}" is signed in. This window can be closed.`);
    } catch (thrown) {
      if (!(thrown instanceof IntegrationError)) throw thrown;
      return say(502, thrown.message);
    }
  });
}

/** What is no query of a sign-in is none of ours: it has no state. */
function readQuery(query: unknown): z.output<typeof querySchema> {
  return querySchema.safeParse(query).data ?? querySchema.parse({});
}

function page(sentence: string): string {
  const text = sentence.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign-in</title><p>${text}</p></html>`;
}
