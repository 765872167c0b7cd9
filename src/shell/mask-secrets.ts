/** What stands in the place of a secret. */
export const mask = "••••••••";
/** Shorter ones would be found everywhere. */
const leastLength = 4;

/** Hides secrets in a text for a log: as they are, and as they stand in addresses and forms, in JSON and in Base64. */
export function maskSecrets(text: string, secrets: Iterable<string>): string {
  let masked = text;
  for (const secret of secrets) {
    if (secret.length < leastLength) continue;
    for (const form of formsOf(secret)) masked = masked.replaceAll(form, mask);
  }
  return masked;
}

function formsOf(secret: string): ReadonlySet<string> {
  const inForm = new URLSearchParams([["", secret]]).toString().slice(1);
  const base64 = Buffer.from(secret).toString("base64");
  const all = [
    secret,
    encodeURIComponent(secret),
    inForm,
    JSON.stringify(secret).slice(1, -1),
    base64,
    encodeURIComponent(base64),
    Buffer.from(secret).toString("base64url"),
  ];
  return new Set(all.filter((form) => form.length >= leastLength));
}
