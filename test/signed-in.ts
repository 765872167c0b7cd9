import type { LightMyRequestResponse } from "fastify";
import type { TestServer } from "./server.ts";

/** A browser: keeps its cookie, and says where its requests come from. */
export interface TestBrowser {
  /** As the header has it; empty: signed out. */
  readonly cookie: string;
  call(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    url: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<LightMyRequestResponse>;
}

const origin = "https://bots.example";
/** As a server behind https names it. */
export const sessionCookie = "__Host-repartee_session";

export function aBrowser(server: TestServer, address: string): TestBrowser {
  let cookie = "";
  return {
    get cookie() {
      return cookie;
    },
    async call(method, url, body, headers = {}) {
      const answer = await server.app.inject({
        method,
        url,
        remoteAddress: address,
        headers: { origin, ...(cookie === "" ? {} : { cookie }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      const set = answer.cookies.find(({ name }) => name === sessionCookie);
      if (set !== undefined) cookie = set.value === "" ? "" : `${sessionCookie}=${encodeURIComponent(set.value)}`;
      return answer;
    },
  };
}
