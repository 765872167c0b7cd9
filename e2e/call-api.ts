import type { Page } from "playwright-core";

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is looked into by whoever asks.
export type Answer = any;

/** Calls the API as whoever is signed in on the page; the body of a good answer. Throws what a bad one says. */
export type Call = (method: string, address: string, body?: unknown) => Promise<Answer>;

/** Calls from a page of the demo workspace that is open then. An address that begins with `/auth/` is beside the API. */
export function callFrom(page: () => Page): Call {
  return async (method, address, body) =>
    await page().evaluate(
      async ([how, where, what]) => {
        const headers = { "x-workspace": "demo", ...(what === "" ? {} : { "content-type": "application/json" }) };
        const path = where.startsWith("/auth/") ? where : `/api/v1${where}`;
        const answer = await fetch(path, { method: how, headers, ...(what === "" ? {} : { body: what }) });
        const said = await answer.text();
        if (!answer.ok) throw new Error(`${how} ${where}: ${said}`);
        return said === "" ? null : JSON.parse(said);
      },
      [method, address, body === undefined ? "" : JSON.stringify(body)] as const,
    );
}
