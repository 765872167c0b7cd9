import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { testServer } from "../../test/server.ts";

it("is not held up in stopping by a connection that somebody opened ahead, and answers what was asked", async () => {
  const server = await testServer();
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const ahead = connect(port, "127.0.0.1");
  const asking = connect(port, "127.0.0.1");
  await Promise.all([once(ahead, "connect"), once(asking, "connect")]);
  asking.write("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
  const [answer] = (await once(asking, "data")) as [Buffer];
  expect(String(answer)).toContain("200 OK");
  ahead.on("error", () => {});
  const isEnded = once(ahead, "close");
  await Promise.all([server.close(), isEnded]);
  // Without it: the 60 s of `requestTimeout`.
}, 30_000);
