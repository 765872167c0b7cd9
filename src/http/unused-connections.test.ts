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

it("answers, while it stops, requests that were on their way, on connections that were used and on new ones", async () => {
  const server = await testServer();
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const begun = connect(port, "127.0.0.1");
  const fresh = connect(port, "127.0.0.1");
  await Promise.all([once(begun, "connect"), once(fresh, "connect")]);
  // Once this is answered, the server has taken the connections before it too.
  const last = connect(port, "127.0.0.1");
  last.write("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(last, "data");
  begun.write("GET /health/live HTTP/1.1\r\n");
  const closing = server.close();
  // The stop has begun in this turn; what comes now was sent by a proxy that does not know of it yet.
  await new Promise((resolve) => setImmediate(resolve));
  begun.write("host: x\r\n\r\n");
  fresh.write("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
  const answers = await Promise.all([begun, fresh].map(async (socket) => String((await once(socket, "data"))[0])));
  expect(answers.map((answer) => answer.split("\r\n")[0])).toEqual(["HTTP/1.1 200 OK", "HTTP/1.1 200 OK"]);
  await closing;
}, 30_000);
