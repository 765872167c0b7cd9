import type { Page } from "playwright-core";

/** The native API, with the page's own session; what it answers. */
// biome-ignore lint/suspicious/noExplicitAny: a test says by what it expects what the answer is
export async function callApi(page: Page, method: string, address: string, body?: unknown): Promise<any> {
  return await page.evaluate(
    async ([how, where, what]) => {
      const request = { method: how, headers: { "content-type": "application/json" } };
      const answer = await fetch(`/api/v1${where}`, what === "" ? request : { ...request, body: what });
      return await answer.json();
    },
    [method, address, body === undefined ? "" : JSON.stringify(body)] as const,
  );
}
