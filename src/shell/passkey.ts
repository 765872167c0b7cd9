import { isIP } from "node:net";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Passkey } from "../store/passkey-store.ts";

/** Whom a passkey is for: browsers give it to pages of this origin alone. */
interface Site {
  /** The host's name. */
  readonly id: string;
  readonly origin: string;
}

/** Without what extensions say: there are none here. */
type Plain<Response> = Omit<Response, "clientExtensionResults">;

/** Undefined: browsers do no passkeys there, as it is an address without a name, or plain http. */
export function passkeySite(publicUrl: string): Site | undefined {
  const { hostname, origin, protocol } = new URL(publicUrl);
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0 || (protocol !== "https:" && !isLocal)) return undefined;
  return { id: hostname, origin };
}

/** What the library takes to load, 0.1 s and 28 MB, is only spent where somebody has passkeys. */
const load = async () => await import("@simplewebauthn/server");

/** EdDSA, ES256, RS256: what every device has one of. Newer ones would not be checked by an older Node. */
const algorithms = [-8, -7, -257];

/** What a browser makes a passkey by. `userVerification`: a finger, a face or a PIN shows that it is the owner; the device alone is not enough. */
export async function askForNew(
  { id: rpID }: Site,
  user: { readonly id: number; readonly email: string; readonly name: string },
  known: readonly Passkey[],
) {
  const { generateRegistrationOptions } = await load();
  return await generateRegistrationOptions({
    ...{ rpName: "Repartee", rpID },
    ...{ userName: user.email, userDisplayName: user.name === "" ? user.email : user.name },
    userID: new Uint8Array(Buffer.from(String(user.id))),
    // Which maker's device it is, is nobody's business.
    attestationType: "none",
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: known.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** What a browser signs in by; whoever has several passkeys here chooses one. */
export async function askForAny({ id: rpID }: Site) {
  const { generateAuthenticationOptions } = await load();
  return await generateAuthenticationOptions({ rpID, userVerification: "required" });
}

/** What a browser says that it signed; nothing of it is proven. Undefined: it says none. */
export function readChallenge({
  response,
}: {
  readonly response: { readonly clientDataJSON: string };
}): string | undefined {
  try {
    const said: unknown = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString());
    const { challenge } = said as { readonly challenge?: unknown };
    return typeof challenge === "string" ? challenge : undefined;
  } catch {
    // Somebody sent something else.
    return undefined;
  }
}

/** Undefined: it is no passkey of this site, or was not made for this challenge. */
export async function checkNew(
  { id, origin }: Site,
  response: Plain<RegistrationResponseJSON>,
  challenge: string,
): Promise<Pick<Passkey, "credentialId" | "publicKey" | "counter" | "transports" | "isSynced"> | undefined> {
  const { verifyRegistrationResponse } = await load();
  const { registrationInfo } = await orUndefined(
    verifyRegistrationResponse({
      ...{
        response: { ...response, clientExtensionResults: {} },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: id,
      },
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }),
  );
  if (registrationInfo === undefined) return undefined;
  const { credential, credentialBackedUp: isSynced } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString("base64url"),
    counter: credential.counter,
    transports: response.response.transports ?? [],
    isSynced,
  };
}

/** The number that the passkey counts with. Undefined: it did not sign this challenge for this site, or nobody showed that they are its owner. */
export async function checkSigned(
  { id, origin }: Site,
  response: Plain<AuthenticationResponseJSON>,
  { passkey, challenge }: { readonly passkey: Passkey; readonly challenge: string },
): Promise<{ readonly counter: number } | undefined> {
  const { verifyAuthenticationResponse } = await load();
  const { credentialId, publicKey, counter } = passkey;
  const key = new Uint8Array(Buffer.from(publicKey, "base64url"));
  const { verified, authenticationInfo } = await orUndefined(
    verifyAuthenticationResponse({
      ...{
        response: { ...response, clientExtensionResults: {} },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: id,
      },
      credential: { id: credentialId, publicKey: key, counter },
      requireUserVerification: true,
    }),
  );
  return verified === true ? { counter: authenticationInfo.newCounter } : undefined;
}

/** The library throws for whatever does not fit, and says in English why. */
async function orUndefined<T>(checked: Promise<T>): Promise<T | { readonly [Key in keyof T]?: undefined }> {
  return await checked.catch(() => ({}));
}
