import type { ChannelHealth } from "../engine/channel-type.ts";

/** As long as somebody looks at a page that is not there yet: a resolver that hangs takes 30 s, and a platform is asked several things. */
export const healthPatienceMs = 10_000;

/** What is asked of another system for somebody who waits; who does not answer in time is not well. The question itself ends by its own deadline. Rejects as `asked` does. */
export async function healthInTime(
  asked: Promise<ChannelHealth>,
  who: string,
  patienceMs: number = healthPatienceMs,
): Promise<ChannelHealth> {
  const tooLate = Promise.withResolvers<ChannelHealth>();
  const message = `${who} did not answer within ${patienceMs / 1000} s`;
  const alarm = setTimeout(() => tooLate.resolve({ ok: false, message }), patienceMs);
  try {
    return await Promise.race([asked, tooLate.promise]);
  } finally {
    clearTimeout(alarm);
  }
}
