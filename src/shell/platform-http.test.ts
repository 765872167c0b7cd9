import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createPlatformHttp } from "./platform-http.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const sockets = new Set<object>();
  const server: Server = createServer(answer);
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => sockets.size };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const open = createPlatformHttp({ allowNetworks: ["127.0.0.1/32"] });

describe("the client for platforms", () => {
  it("sends texts and forms, and gives status, headers and body back", async () => {
    const { port } = await serve(async (request, response) => {
      const body = await bodyOf(request);
      response.setHeader("retry-after", "7");
      response.statusCode = 429;
      response.end(JSON.stringify({ ...request.headers, method: request.method, url: request.url, body }));
    });
    const url = `http://127.0.0.1:${port}/a/b?c=d`;
    const json = await open({ url, headers: { "content-type": "application/json" }, body: '{"я":1}' });
    expect(json).toMatchObject({ kind: "answer", status: 429, headers: { "retry-after": "7" } });
    const told = (answer: Awaited<ReturnType<typeof open>>) => JSON.parse("body" in answer ? answer.body : "{}");
    expect(told(json)).toMatchObject({ method: "POST", url: "/a/b?c=d", body: '{"я":1}' });
    expect(told(await open({ url, method: "GET" }))).toMatchObject({ method: "GET", body: "" });
    const params = told(await open({ url, body: new URLSearchParams({ text: "a b" }) }));
    expect(params).toMatchObject({ body: "text=a+b" });
    expect(params["content-type"]).toContain("application/x-www-form-urlencoded");
    const form = new FormData();
    form.set("photo", new Blob(["bytes"]), "cat.jpg");
    const sent = told(await open({ url, body: form }));
    expect(sent["content-type"]).toContain("multipart/form-data; boundary=");
    expect(sent.body).toContain('filename="cat.jpg"');
  });

  it("calls again on the connections that it has", async () => {
    const { port, connections } = await serve((_request, response) => response.end("ok"));
    for (let count = 0; count < 20; count += 1) await open({ url: `http://127.0.0.1:${port}/` });
    // An answer is told before its connection is free again.
    expect(connections()).toBeLessThanOrEqual(2);
  });

  it.each([
    ["an address", "127.0.0.1", []],
    ["a name", "platform.example", ["127.0.0.1"]],
    ["a name with one open and one closed address", "platform.example", ["93.184.216.34", "127.0.0.1"]],
    ["an address of IPv6", "[::1]", []],
  ])("connects to nothing that is not public: %s", async (_what, host, addresses) => {
    const { port, connections } = await serve((_request, response) => response.end("ok"));
    const closed = createPlatformHttp({ allowNetworks: [], resolve: async () => addresses });
    expect(await closed({ url: `http://${host}:${port}/` })).toMatchObject({
      kind: "none",
      mayHaveArrived: false,
      message: expect.stringContaining("OUTBOUND_ALLOW_NETWORKS"),
    });
    expect(connections()).toBe(0);
  });

  it("connects to the address that it has checked, by the name's own host", async () => {
    const hosts: (string | undefined)[] = [];
    const { port } = await serve((request, response) => {
      hosts.push(request.headers.host);
      response.end("ok");
    });
    const named = createPlatformHttp({ allowNetworks: ["127.0.0.1/32"], resolve: async () => ["127.0.0.1"] });
    expect(await named({ url: `http://platform.example:${port}/` })).toMatchObject({ kind: "answer", status: 200 });
    expect(hosts).toEqual([`platform.example:${port}`]);
  });

  it("says that nothing has left where no connection stood", async () => {
    const { port } = await serve(() => undefined);
    closing.splice(0).forEach((close) => void close());
    expect(await open({ url: `http://127.0.0.1:${port}/` })).toEqual({
      kind: "none",
      message: "cannot be reached (ECONNREFUSED)",
      mayHaveArrived: false,
    });
  });

  it("says that it may have arrived where the answer did not come", async () => {
    const { port } = await serve((request, response) => {
      if (request.url === "/cut") response.destroy();
    });
    const cut = await open({ url: `http://127.0.0.1:${port}/cut`, body: "x" });
    expect(cut).toMatchObject({ kind: "none", mayHaveArrived: true });
    const late = await open({ url: `http://127.0.0.1:${port}/late`, body: "x", timeoutMs: 50 });
    expect(late).toEqual({ kind: "none", message: "did not answer within 0.05 seconds", mayHaveArrived: true });
  });

  it("sends nothing once it has said that it gave up", async () => {
    const found = Promise.withResolvers<readonly string[]>();
    let asked = 0;
    const { port } = await serve((_request, response) => {
      asked += 1;
      response.end("ok");
    });
    const slow = createPlatformHttp({ allowNetworks: ["127.0.0.1/32"], resolve: () => found.promise });
    const url = `http://platform.example:${port}/`;
    expect(await slow({ url, timeoutMs: 30 })).toMatchObject({ kind: "none", mayHaveArrived: false });
    found.resolve(["127.0.0.1"]);
    // On the same connection, behind the one that was given up.
    expect(await slow({ url })).toMatchObject({ kind: "answer" });
    expect(asked).toBe(1);
  });

  it("ends with its caller's signal, and rejects only then", async () => {
    const { port } = await serve(() => undefined);
    const controller = new AbortController();
    const call = open({ url: `http://127.0.0.1:${port}/`, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 30);
    await expect(call).rejects.toThrow("enough");
    await expect(open({ url: `http://127.0.0.1:${port}/`, signal: controller.signal })).rejects.toThrow("enough");
  });
});
