import type { CallPlatform } from "../engine/platform-call.ts";

/** The same calls; `onDate` hears what time (Unix ms) the platform has, where an answer says. */
export function watchDates(callPlatform: CallPlatform, onDate: (date: number) => void): CallPlatform {
  return async (call) => {
    const answer = await callPlatform(call);
    const date = answer.kind === "answer" ? Date.parse(String(answer.headers.date ?? "")) : Number.NaN;
    if (!Number.isNaN(date)) onDate(date);
    return answer;
  };
}
