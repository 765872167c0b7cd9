import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aBothelpAccount } from "../../../../test/bothelp.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

type Paths = Record<string, Record<string, unknown>>;
const readDocument = async () => (await server.app.inject("/compat/bothelp/swagger/api.json")).json();

describe("the document", () => {
  it("says where the door is and where its tokens are", async () => {
    const { openapi, servers, components } = await readDocument();
    expect(openapi).toBe("3.1.0");
    expect(servers).toEqual([{ url: "https://bots.example/compat/bothelp/api" }]);
    expect(components.securitySchemes.oauth.flows.clientCredentials.tokenUrl).toBe(
      "https://bots.example/compat/bothelp/oauth2/token",
    );
  });

  it("names no call that there is not, and points at no schema that there is not", async () => {
    const document = await readDocument();
    const { call } = await aBothelpAccount(server);
    const calls = Object.entries(document.paths as Paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) =>
        method === "parameters" ? [] : [{ method: method.toUpperCase(), path }],
      ),
    );
    expect(calls).toHaveLength(25);
    for (const { method, path } of calls) {
      const { body } = await call(
        method as "GET",
        path.replace(/\{\w+\}/, "999999"),
        method === "GET" ? undefined : {},
      );
      expect([method, path, body]).not.toMatchObject([
        method,
        path,
        { error: expect.stringMatching(/^request_(not_found|method)/) },
      ]);
    }
    for (const [, name = ""] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(document.components.schemas).toHaveProperty(name);
    }
  });

  it("describes a subscriber with all that the list shows", async () => {
    const { call, token, aSubscriber } = await aBothelpAccount(server);
    await aSubscriber();
    const { body } = await call("GET", "/v1/subscribers", undefined, { token });
    const [subscriber] = (body as { data: object[] }).data;
    const { properties, required } = (await readDocument()).components.schemas.Subscriber;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(subscriber ?? {}).sort());
    expect(required).toHaveLength(Object.keys(properties).length);
  });
});

it("is shown by a page", async () => {
  const moved = await server.app.inject("/compat/bothelp/swagger");
  expect([moved.statusCode, moved.headers.location]).toEqual([301, "/compat/bothelp/swagger/"]);
  const page = await server.app.inject("/compat/bothelp/swagger/");
  expect([page.statusCode, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
  const missing = await server.app.inject("/compat/bothelp/swagger/nothing");
  expect(missing.statusCode).toBe(404);
});
