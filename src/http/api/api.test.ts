import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { errorTable } from "../../model/app-error.ts";
import { scopes } from "../contract/common.ts";
import { renderErrorDocs } from "../error-docs.ts";

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly object[];
  readonly "x-required-scope": string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
}

let server: TestServer;
let tenant: Tenant;
let document: {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
};
let operations: readonly (Operation & { readonly method: string; readonly path: string })[];
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  document = (await server.app.inject("/api/v1/openapi.json")).json();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
});
afterAll(() => server.close());

describe("the OpenAPI document", () => {
  it("is 3.1, names this server, and describes every operation of the API", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(document.servers).toEqual([{ url: "https://bots.example" }]);
    expect(operations.length).toBeGreaterThan(70);
    for (const operation of operations) {
      const { path, operationId, tags, summary, security, responses } = operation;
      expect(path).toMatch(/^\/api\/v1\//);
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(tags).toHaveLength(1);
      expect(summary.length).toBeGreaterThan(5);
      expect(security).toEqual([{ token: [] }]);
      expect(scopes).toContain(operation["x-required-scope"]);
      expect(Object.keys(responses)).toEqual([expect.stringMatching(/^20[0124]$/), "4XX", "5XX"]);
    }
  });

  it("has one name for one operation", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("offers an Idempotency-Key for every write", () => {
    const changeNothing = ["validateFlow", "testRequest", "testScript", "testWebhook", "authorizeIntegration"];
    changeNothing.push("renderTemplate", "tellPresence");
    // An upload alone does nothing: that is for a start to do, which takes a key.
    changeNothing.push("searchContacts", "getVariantSnapshots", "countContacts", "countAudience", "uploadImport");
    // Done twice is done once, and a secret is in the answer.
    changeNothing.push("createInvitation", "withdrawInvitation");
    for (const { operationId, method, parameters = [] } of operations) {
      const takesKey = parameters.some(({ name, in: place }) => place === "header" && name === "idempotency-key");
      expect([operationId, takesKey]).toEqual([operationId, method !== "get" && !changeNothing.includes(operationId)]);
    }
  });

  it("has no reference that leads nowhere", () => {
    const references = JSON.stringify(document).match(/"#\/components\/schemas\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(20);
    for (const reference of new Set(references)) {
      expect(Object.keys(document.components.schemas)).toContain(reference.slice('"#/components/schemas/'.length, -1));
    }
  });

  it("lists the errors' codes", () => {
    const error = document.components.schemas.Error as { properties: { error: { properties: { code: object } } } };
    expect(error.properties.error.properties.code).toMatchObject({ enum: Object.keys(errorTable) });
  });
});

describe("what the document says", () => {
  it("is what lists answer", async () => {
    for (const { path, method } of operations) {
      // A stream does not end.
      if (method !== "get" || path.includes("{") || path.endsWith("/live")) continue;
      // How the installation is, no token is told (system.test.ts).
      if (path.startsWith("/api/v1/system")) continue;
      const answer = await tenant.call("GET", path.slice("/api/v1".length));
      expect([path, answer.statusCode]).toEqual([path, 200]);
    }
  });

  it("holds for tokens: none of the operations answers without one", async () => {
    for (const { path, method } of operations) {
      const url = path.replaceAll(/\{[^}]+\}/g, "1");
      const answer = await server.app.inject({ method: method.toUpperCase() as "GET", url });
      expect([path, method, answer.statusCode]).toEqual([path, method, 401]);
    }
  });

  it("holds for scopes: a token without any may do nothing", async () => {
    const token = await tenant.mintToken({ scopes: [] });
    for (const operation of operations) {
      const path = operation.path.slice("/api/v1".length).replaceAll(/\{[^}]+\}/g, "1");
      const answer = await tenant.call(operation.method.toUpperCase() as "GET", path, { token });
      expect([path, answer.statusCode, answer.json().error.details?.scope]).toEqual([
        path,
        403,
        operation["x-required-scope"],
      ]);
    }
  });
});

describe("the page that shows the document", () => {
  it("loads everything from this server", async () => {
    const page = await server.app.inject("/api/v1/docs/");
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
    expect(sources).toEqual(["js/scalar.js"]);
    const script = await server.app.inject("/api/v1/docs/js/scalar.js");
    expect([script.statusCode, script.headers["content-type"]]).toEqual([200, "application/javascript; charset=utf-8"]);
    expect((await server.app.inject("/api/v1/docs")).headers.location).toBe("/api/v1/docs/");
    expect((await server.app.inject("/api/v1/docs/nothing")).json().error.code).toBe("request.not_found");
  });
});

describe("docs/errors.md", () => {
  it("is up to date (npm run docs:gen)", async () => {
    const text = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
    expect(text.match(/^\| `/gm)).toHaveLength(Object.keys(errorTable).length);
    expect(renderErrorDocs(text)).toBe(text);
  });
});
