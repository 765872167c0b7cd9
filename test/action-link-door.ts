import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { aFlowDocument } from "./flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "./server.ts";

/** A server for the file that calls this, and for each of its tests a workspace with a token for action links; `door` is the beginning of an address, to which parameters are added. */
export function actionLinkDoor() {
  let server: TestServer;
  let tenant: Tenant;
  let door: string;
  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    tenant = await aTenant(server);
    const token = await tenant.mintToken({ kind: "action-link" });
    door = `/compat/bothelp/gc?domain_name=${tenant.workspace.domain}&token=${token}`;
  });
  return {
    get server() {
      return server;
    },
    get tenant() {
      return tenant;
    },
    get door() {
      return door;
    },
    async open(query: string, method: "GET" | "POST" = "GET") {
      const answer = await server.app.inject({ method, url: `${door}&${query}` });
      return { status: answer.statusCode, body: answer.json() };
    },
    async aContact(values: object = {}) {
      const answer = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, ...values } });
      expect(answer.statusCode).toBe(201);
      return answer.json() as { id: number; cuid: string };
    },
    async read(id: number) {
      return (await tenant.call("GET", `/contacts/${id}`)).json();
    },
    async aPublishedFlow() {
      const made = await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: aFlowDocument() } });
      const { ref } = made.json();
      expect((await tenant.call("POST", `/flows/${ref}/publish`)).statusCode).toBe(200);
      return ref as string;
    },
  };
}
