import type { SubmitReply } from "./submission.ts";

/** Whoever is deleted and made anew in between all these is not worth more. */
const mostAttempts = 5;

/**
 * Looks somebody up and submits (`tell`), for them or, with `unlessKnown`, for somebody new. Another call, here or in another process, may make the same person in between: then it is somebody known, and
 * `tell` looks again.
 */
export async function submitToKnown<Told extends { readonly reply: SubmitReply }>(
  tell: () => Promise<Told>,
): Promise<Told> {
  for (let attempt = 1; ; attempt += 1) {
    const told = await tell();
    const isThere = told.reply.status === "refused" && told.reply.code === "contact.exists";
    if (!isThere || attempt === mostAttempts) return told;
  }
}
