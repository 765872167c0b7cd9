import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriberCalls } from "../../../../test/bothelp-subscriber.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const { account, ann, byId, change, refused } = subscriberCalls(() => server);

describe("a patch", () => {
  it.each([
    ["replace on tags", { op: "replace", path: "/tags", value: ["a"] }],
    ["an unknown path", { op: "replace", path: "/cuid", value: "x" }],
    ["an unknown operation", { op: "move", from: "/name", path: "/email" }],
    ["test", { op: "test", path: "/name", value: "Ann" }],
  ])("that is not known is named: %s", async (_what, operation) => {
    const answer = await refused("PATCH", byId(), [operation]);
    expect(answer).toMatchObject({ status: 400, error: "patch_not_recognized" });
    expect(answer.message).toContain("Patch instruction not recognized");
  });

  it.each([
    ["a bad e-mail", [{ op: "replace", path: "/email", value: "nobody" }]],
    ["a bad phone", [{ op: "replace", path: "/phone", value: "12" }]],
    ["a value that is no text", [{ op: "replace", path: "/name", value: { a: 1 } }]],
    ["a missing value", [{ op: "replace", path: "/name" }]],
    ["tags that are no names", [{ op: "add", path: "/tags", value: [{ name: "a" }] }]],
    ["no tags", [{ op: "add", path: "/tags", value: [] }]],
    ["too long a name", [{ op: "replace", path: "/name", value: "a".repeat(2001) }]],
    ["no patch", { name: "x" }],
    ["a text", '"x"'],
    ["no body", undefined],
    ["broken JSON", "["],
  ])("with %s changes nothing at all", async (_what, operations) => {
    const before = await account().read(ann().id);
    const body = Array.isArray(operations) ? [{ op: "add", path: "/tags", value: ["x"] }, ...operations] : operations;
    expect(await refused("PATCH", byId(), body)).toMatchObject({ status: 400 });
    expect(await account().read(ann().id)).toEqual(before);
  });

  it("takes what is plausible: a single operation, one tag as a text, an empty value, none at all", async () => {
    await change("PATCH", byId(), { op: "add", path: "/tags", value: "vip" });
    await change("PATCH", byId(), [{ op: "add", path: "/tags/-", value: "new" }]);
    await change("PATCH", byId(), [{ op: "add", path: "/email", value: "ann@example.com" }]);
    expect(await account().read(ann().id)).toMatchObject({ tags: ["vip", "new"], email: "ann@example.com" });
    await change("PATCH", byId(), [
      { op: "replace", path: "/email", value: null },
      { op: "remove", path: "/name" },
      { op: "replace", path: "/phone", value: 79001234567 },
    ]);
    await change("PATCH", byId(), []);
    expect(await account().read(ann().id)).toMatchObject({ email: null, name: null, phone: "+79001234567" });
  });

  it("keeps braces as they are", async () => {
    await change("PATCH", byId(), [{ op: "replace", path: "/name", value: "{{ 7 | times: 6 }}" }]);
    expect(await account().read(ann().id)).toMatchObject({ name: "{{ 7 | times: 6 }}" });
  });

  it("of custom fields is refused where the field is not there or the value does not fit", async () => {
    await account().tenant.call("POST", "/fields", { body: { key: "age", name: "Возраст", kind: "number" } });
    const unknown = await refused("PATCH", `${byId()}/customFields`, [
      { op: "replace", path: "/Возраст", value: 30 },
      { op: "replace", path: "/Нет", value: 1 },
    ]);
    expect(unknown).toMatchObject({ status: 400, error: "field_not_found", message: expect.stringContaining("Нет") });
    for (const operation of [
      { op: "replace", path: "/Возраст", value: "young" },
      { op: "replace", path: "/Возраст" },
    ]) {
      expect(await refused("PATCH", `${byId()}/customFields`, [operation])).toMatchObject({ status: 400 });
    }
    expect(await account().read(ann().id)).toMatchObject({ fields: {} });
  });
});
