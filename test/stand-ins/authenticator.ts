import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { z } from "zod";
import type { newPasskeySchema, signedSchema } from "../../src/http/contract/passkeys.ts";

interface Options {
  readonly challenge: string;
}
interface How {
  readonly origin?: string;
  /** Absent: a finger, a face or a PIN was shown. */
  readonly isUnverified?: boolean;
  /** As a device counts that does; absent: it does not. */
  readonly counter?: number;
}

/** One passkey in a browser, as far as a server sees it: WebAuthn level 2, ES256, no attestation. */
export function anAuthenticator({ origin, rpId }: { readonly origin: string; readonly rpId: string }) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const id = randomBytes(16);
  const credentialId = id.toString("base64url");
  const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest();
  const clientData = (type: string, challenge: string, where: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: where, crossOrigin: false }));

  /** Flags: somebody is there (1), and showed that it is them (4); a new key follows (64). */
  function authenticatorData({ isUnverified = false, counter = 0 }: How, key: Buffer = Buffer.alloc(0)): Buffer {
    const flags = 1 | (isUnverified ? 0 : 4) | (key.length > 0 ? 64 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, key]);
  }
  const common = { id: credentialId, rawId: credentialId, type: "public-key" } as const;

  return {
    credentialId,
    make({ challenge }: Options, how: How = {}): z.input<typeof newPasskeySchema> {
      const hex = (text: string) => Buffer.from(text, "hex");
      const bytes = (text: string) => Buffer.concat([hex("5820"), Buffer.from(text, "base64url")]);
      // CBOR: kind 2 (EC2), algorithm -7 (ES256), curve 1 (P-256), the point.
      const cose = Buffer.concat([hex("a5010203262001"), hex("21"), bytes(x), hex("22"), bytes(y)]);
      const key = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      const data = authenticatorData(how, key);
      const head = hex("a363666d74646e6f6e656761747453746d74a0686175746844617461");
      const attestation = Buffer.concat([head, Buffer.from([0x58, data.length]), data]);
      return {
        ...common,
        response: {
          clientDataJSON: clientData("webauthn.create", challenge, how.origin ?? origin).toString("base64url"),
          attestationObject: attestation.toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    sign({ challenge }: Options, how: How = {}): z.input<typeof signedSchema> {
      const client = clientData("webauthn.get", challenge, how.origin ?? origin);
      const data = authenticatorData(how);
      return {
        ...common,
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: sign("sha256", Buffer.concat([data, sha256(client)]), privateKey).toString("base64url"),
        },
      };
    },
  };
}
export type TestAuthenticator = ReturnType<typeof anAuthenticator>;
