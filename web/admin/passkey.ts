import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";
import type { z } from "zod";
import type { newPasskeySchema, signedSchema } from "../../src/http/contract/passkeys.ts";
import { ApiError, call } from "./api.ts";

export type Signed = z.input<typeof signedSchema>;
type Made = z.input<typeof newPasskeySchema>;

/** Whether this browser does passkeys at all. */
export const hasPasskeys = () => typeof PublicKeyCredential !== "undefined";

/** Lets the person choose a passkey and show that it is theirs. Throws `ApiError`, `passkey.none` where they would rather not. */
export async function signWithPasskey(): Promise<Signed> {
  const optionsJSON = await call<PublicKeyCredentialRequestOptionsJSON>("POST", "/auth/passkeys/challenge");
  const { startAuthentication } = await import("@simplewebauthn/browser");
  return await orNone(startAuthentication({ optionsJSON }));
}

/** Has one made, by what the server asked for. Throws `ApiError`, `passkey.none`, `passkey.exists`. */
export async function makePasskey(optionsJSON: PublicKeyCredentialCreationOptionsJSON): Promise<Made> {
  const { startRegistration } = await import("@simplewebauthn/browser");
  return await orNone(startRegistration({ optionsJSON }));
}

/** Browsers do not tell a no from a device that was not there. */
async function orNone<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    const isKnown = thrown instanceof Error && thrown.name === "InvalidStateError";
    const code = isKnown ? "passkey.exists" : "passkey.none";
    throw new ApiError(0, { code, message: thrown instanceof Error ? thrown.message : "no passkey" });
  }
}
