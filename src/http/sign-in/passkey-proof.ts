import type { z } from "zod";
import { checkSigned, passkeySite, readChallenge } from "../../shell/passkey.ts";
import { findPasskey, noteUse, type Passkey, takeChallenge } from "../../store/passkey-store.ts";
import type { signedSchema } from "../contract/passkeys.ts";
import type { HttpDependencies } from "../dependencies.ts";

/** The passkey that signed a challenge of ours, which is then used. Undefined: none of this site's, or it was used. */
export async function takeSigned(
  { db, now, publicUrl }: Pick<HttpDependencies, "db" | "now" | "publicUrl">,
  signed: z.output<typeof signedSchema>,
): Promise<Passkey | undefined> {
  const site = passkeySite(publicUrl);
  const challenge = readChallenge(signed);
  if (site === undefined || challenge === undefined) return undefined;
  const at = new Date(now());
  if (!(await takeChallenge(db, { challenge, userId: null, at }))) return undefined;
  const passkey = await findPasskey(db, signed.id);
  if (passkey === undefined) return undefined;
  const checked = await checkSigned(site, signed, { passkey, challenge });
  if (checked === undefined) return undefined;
  return (await noteUse(db, { id: passkey.id, counter: checked.counter, at })) ? passkey : undefined;
}
