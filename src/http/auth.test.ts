import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type TestServer, testServer } from "../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ requestsPerSecond: 3 });
});
afterAll(() => server.close());

it("lets a token make so many requests a second, and says when to come back, to that token alone", async () => {
  const [busy, calm] = [await aTenant(server), await aTenant(server)];
  const answers = await Promise.all(Array.from({ length: 12 }, () => busy.call("GET", "/tags")));
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  // A second may have passed in between.
  expect(refused.length).toBeGreaterThanOrEqual(6);
  expect(refused[0]?.json()).toMatchObject({ error: { code: "token.too_fast" } });
  expect(refused[0]?.headers["retry-after"]).toBe("1");
  expect((await calm.call("GET", "/tags")).statusCode).toBe(200);
});
