import { z } from "zod";
import { IntegrationError, type IntegrationOauth, type IntegrationPorts } from "../../engine/integration-type.ts";
import type { Json } from "../../model/field.ts";
import { judge, parseJson, retryLater, toProblem, unauthorized, wordsOf } from "./problem.ts";
import { isSet, type Settings } from "./settings.ts";

/** What the two ways of getting in are called where they end. */
const signInAgain =
  "amoCRM has ended our sign-in (access was withdrawn, or nothing was sent for three months): sign in again on the integration's page";
const newToken =
  "amoCRM does not accept the token (any more): make a new long-lived token in amoCRM, in the keys of the integration, and put it into the integration's settings";

/** Tokens that were refused are not kept. */
export const notSignedIn =
  "nobody has signed in at amoCRM, or the sign-in has ended: sign in on the integration's page";

/** A sign-in by the browser comes with a token to renew it, a long-lived token with none. */
export function lockedOut({ refreshToken }: Settings): string {
  return isSet(refreshToken) ? signInAgain : newToken;
}

const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
});

type Grant =
  | { readonly grant_type: "authorization_code"; readonly code: string }
  | { readonly grant_type: "refresh_token"; readonly refresh_token: string };

type Tokens =
  | { readonly kind: "tokens"; readonly settings: Readonly<Record<string, Json>> }
  /** The code or the refresh token is not valid (any more). */
  | { readonly kind: "refused"; readonly message: string };

/** https://www.amocrm.ru/developers/content/oauth/step-by-step. Throws `AmocrmProblem` where it may go well another time. */
async function requestTokens(
  settings: Settings,
  redirectUri: string,
  grant: Grant,
  ports: IntegrationPorts,
): Promise<Tokens> {
  const { account, clientId = "", clientSecret = "" } = settings;
  if (!(await ports.turn(turnMs))) throw retryLater("too many calls wait for amoCRM");
  const answer = await ports.http({
    method: "POST",
    url: `${account}/oauth2/access_token`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri, ...grant }),
  });
  if (answer.kind !== "ok") throw toProblem("GET", answer);
  if (answer.status === 400 || answer.status === 401) {
    return { kind: "refused", message: wordsOf(answer.body) ?? `status ${answer.status}` };
  }
  if (answer.status !== 200) throw judge({ method: "GET" }, answer, ports.now());
  const tokens = tokenSchema.safeParse(parseJson(answer.body)).data;
  if (tokens === undefined) throw retryLater("amoCRM gave something that is no token");
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = tokens;
  return {
    kind: "tokens",
    settings: { accessToken, refreshToken, expiresAt: ports.now() + seconds * 1_000, redirectUri },
  };
}

/** Seven requests a second are allowed; a little less, since the road makes distances shorter. */
export const turnMs = 150;

/**
 * New tokens for those that `used` was one of, got once however many processes want them: a refresh token is good for one time. Throws `AmocrmProblem` where there are none to be had.
 */
export async function renewTokens(
  ports: IntegrationPorts,
  used: string,
  read: (settings: Readonly<Record<string, Json>>) => Settings,
): Promise<Settings> {
  const renewed = await ports.renewSecrets(async (stored) => {
    const current = read(stored);
    const { accessToken = "", refreshToken = "", redirectUri = "" } = current;
    if (accessToken !== used) return undefined;
    if (refreshToken === "") throw unauthorized(lockedOut(current));
    const grant = { grant_type: "refresh_token", refresh_token: refreshToken } as const;
    const tokens = await requestTokens(current, redirectUri, grant, ports);
    if (tokens.kind === "tokens") return tokens.settings;
    // A wrong secret key can be put right, and then the refresh token is good still.
    if (!/token|revoked|expired|decrypt/i.test(tokens.message)) throw unauthorized(`amoCRM: ${tokens.message}`);
    return { accessToken: "", refreshToken: "" };
  });
  const settings = read(renewed);
  if (!isSet(settings.accessToken)) throw unauthorized(signInAgain);
  return settings;
}

export const oauth: IntegrationOauth<Settings> = {
  authorizeUrl({ account, clientId, clientSecret }, { state }) {
    if (!isSet(clientId) || !isSet(clientSecret)) {
      throw new IntegrationError(
        "integration ID and secret key are needed first: they stand in the keys of the integration in amoCRM",
      );
    }
    // `post_message`: the browser comes back in the window that was opened, not in the one that opened it.
    const query = new URLSearchParams({ client_id: clientId, state, mode: "post_message" });
    return `${signInPageOf(account)}?${query}`;
  },
  async exchange({ settings }, { code, redirectUri, query }, ports) {
    const host = new URL(settings.account).host;
    const { referer } = query;
    // The secret key goes to the account that was set up, whatever the address says.
    if (referer !== undefined && referer !== host) {
      throw new IntegrationError(
        `you chose the account ${referer}, but the integration is set up for ${host}: change one of the two`,
      );
    }
    const tokens = await requestTokens(settings, redirectUri, { grant_type: "authorization_code", code }, ports);
    if (tokens.kind === "refused") throw new IntegrationError(`amoCRM does not sign us in: ${tokens.message}`);
    return tokens.settings;
  },
};

/** People choose their account on a page that all share; an account elsewhere has its own. */
function signInPageOf(account: string): string {
  const [, shared] = /\.(amocrm\.ru|amocrm\.com|kommo\.com)$/.exec(account) ?? [];
  return shared === undefined ? `${account}/oauth` : `https://www.${shared}/oauth`;
}
