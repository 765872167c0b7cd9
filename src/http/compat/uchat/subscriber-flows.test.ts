import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  nobody,
  nodeNsOf,
  telegramId,
  texts,
} from "../../../../test/uchat-door.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));

const flows: readonly DoorCase[] = [
  {
    endpoint: "POST /subscriber/send-main-flow",
    good: ({ userNs }) => ({ user_ns: userNs }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/send-sub-flow",
    good: ({ userNs, flowNs }) => ({ user_ns: userNs, sub_flow_ns: flowNs }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [nobody, ({ bot }) => ({ sub_flow_ns: `f${bot.id}s999999` }), () => ({ sub_flow_ns: "Welcome" })],
    bad: [{ sub_flow_ns: "" }],
  },
  {
    endpoint: "POST /subscriber/send-sub-flow-by-flow-name",
    good: ({ userNs }) => ({ user_ns: userNs, flow_name: "welcome" }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [nobody, () => ({ flow_name: "Farewell" })],
  },
  {
    endpoint: "POST /subscriber/send-sub-flow-by-user-id",
    good: ({ flowNs }) => ({ user_id: telegramId, sub_flow_ns: flowNs }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [() => ({ user_id: "12345" })],
  },
  {
    endpoint: "POST /subscriber/send-node",
    good: (tenant) => ({ user_ns: tenant.userNs, node_ns: nodeNsOf(tenant, "bye") }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Bye!"]),
    missing: [nobody, (tenant) => ({ node_ns: nodeNsOf(tenant, "gone") }), () => ({ node_ns: "bye" })],
  },
];

describe("the door of flows", () => {
  describeDoor(flows, tenants);
});

it("refuses a flow that is not published with a sentence", async () => {
  const mine = await aUchatTenant(server);
  await mine.call("POST", `/flows/${mine.flowRef}/unpublish`, {});
  for (const endpoint of ["send-main-flow", "send-sub-flow"]) {
    const input = { user_ns: mine.userNs, sub_flow_ns: mine.flowNs };
    const answer = await mine.door(`POST /subscriber/${endpoint}`, input);
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining("published")]);
  }
});
