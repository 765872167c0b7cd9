import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOutboundHeaders, checkOutboundUrl, createAddressCheck, createOutboundHttp } from "./outbound-http.ts";

/** What a receiver on this machine does with a request; by path. */
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const routes = new Map<string, Handler>();
const asked: { readonly url: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];
const servers: Server[] = [];
let port = 0;

beforeAll(async () => {
  // The same receiver behind every address that a hostile URL may lead to.
  for (const host of ["127.0.0.1", "127.0.0.2", "::1"]) {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        asked.push({ url: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
        const route = routes.get((request.url ?? "").split("?")[0] ?? "");
        if (route === undefined) response.end("reached");
        else route(request, response);
      });
    });
    const listening = Promise.withResolvers<boolean>();
    server.once("error", () => listening.resolve(false));
    server.listen(port, host, () => listening.resolve(true));
    if (!(await listening.promise)) continue;
    port = (server.address() as AddressInfo).port;
    servers.push(server);
  }
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Names of the tests; `flips.test` says something else each time it is asked. */
function resolver() {
  const flipping = ["127.0.0.2", "127.0.0.1"];
  const looked: string[] = [];
  const names: Readonly<Record<string, readonly string[]>> = {
    "inside.test": ["127.0.0.1"],
    "open.test": ["127.0.0.2"],
    "metadata.test": ["169.254.169.254"],
    "mixed.test": ["127.0.0.2", "127.0.0.1"],
    "six.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    localhost: ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "printer.local": ["192.168.1.7"],
    "1.1.1.1.nip.test": ["10.0.0.1"],
    "zone.test": ["fe80::1%lo"],
    "nowhere.test": [],
  };
  const resolve = async (name: string) => {
    looked.push(name);
    if (name === "flips.test") return [flipping[(looked.length - 1) % 2] ?? ""];
    const found = names[name];
    if (found === undefined) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
    return found;
  };
  return { resolve, looked };
}

const closed = () => createOutboundHttp({ allowNetworks: [], resolve: resolver().resolve });
/** May call 127.0.0.2, and not 127.0.0.1. */
const half = (resolve = resolver().resolve) => createOutboundHttp({ allowNetworks: ["127.0.0.2/32"], resolve });

const hostile = [
  "http://127.0.0.1:PORT/",
  "http://127.0.0.1.:PORT/",
  "http://127.1:PORT/",
  "http://127.0.1:PORT/",
  "http://2130706433:PORT/",
  "http://017700000001:PORT/",
  "http://0177.0.0.1:PORT/",
  "http://0177.0.0.01:PORT/",
  "http://0x7f000001:PORT/",
  "http://0x7f.0.0.1:PORT/",
  "http://0x7f.1:PORT/",
  "http://127.0.0.0x1:PORT/",
  "http://%31%32%37.0.0.1:PORT/",
  "http://127。0。0。1:PORT/",
  "http://①②⑦.⓪.⓪.①:PORT/",
  "http://127.0.0.2:PORT/",
  "http://127.255.255.254:PORT/",
  "http://0.0.0.0:PORT/",
  "http://0:PORT/",
  "http://[::1]:PORT/",
  "http://[::]:PORT/",
  "http://[0:0:0:0:0:0:0:1]:PORT/",
  "http://[::ffff:127.0.0.1]:PORT/",
  "http://[::ffff:7f00:1]:PORT/",
  "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
  "http://[::127.0.0.1]:PORT/",
  "http://[64:ff9b::127.0.0.1]:PORT/",
  "http://[64:ff9b::7f00:1]:PORT/",
  "http://[64:ff9b:1::7f00:1]:PORT/",
  "http://[2002:7f00:1::]:PORT/",
  "http://[2001:0:7f00:1::]:PORT/",
  "http://[fe80::1]:PORT/",
  "http://[fec0::1]:PORT/",
  "http://[fc00::1]:PORT/",
  "http://[fd12:3456::1]:PORT/",
  "http://[ff02::1]:PORT/",
  "http://[2001:db8::1]:PORT/",
  "http://[100::1]:PORT/",
  "http://[fe80::1%25lo]:PORT/",
  "http://10.0.0.1:PORT/",
  "http://172.16.0.1:PORT/",
  "http://172.31.255.255:PORT/",
  "http://192.168.0.1:PORT/",
  "http://100.64.0.1:PORT/",
  "http://100.127.255.255:PORT/",
  "http://169.254.169.254/latest/meta-data/",
  "http://0xa9fea9fe/latest/meta-data/",
  "http://[::ffff:169.254.169.254]/",
  "http://192.0.0.192/",
  "http://198.18.0.1:PORT/",
  "http://224.0.0.1:PORT/",
  "http://239.255.255.250:1900/",
  "http://240.0.0.1:PORT/",
  "http://255.255.255.255:PORT/",
  "http://localhost:PORT/",
  "http://LOCALHOST:PORT/",
  "http://localhost.:PORT/",
  "http://ⓛocalhost:PORT/",
  "http://inside.test:PORT/",
  "http://INSIDE.test:PORT/",
  "http://metadata.test/",
  "http://mixed.test:PORT/",
  "http://six.test:PORT/",
  "http://mapped.test:PORT/",
  "http://zone.test:PORT/",
  "http://printer.local/",
  "http://1.1.1.1.nip.test/",
  "https://127.0.0.1:PORT/",
  "http:/127.0.0.1:PORT/",
  "http:127.0.0.1:PORT/",
  "http:\\\\127.0.0.1:PORT\\",
  "http:///127.0.0.1:PORT/",
  "\thttp://127.0.0.1:PORT/",
  "ht\ntp://127.0.0.1:PORT/",
  "http://127.0.0.1:PORT#@example.com/",
  "http://example.com@127.0.0.1:PORT/",
  "http://example.com:80@127.0.0.1:PORT/",
  "http://user:password@inside.test:PORT/",
  "http://example.com%00@127.0.0.1:PORT/",
  "file:///etc/passwd",
  "gopher://127.0.0.1:PORT/_GET",
  "ftp://127.0.0.1:PORT/",
  "dict://127.0.0.1:PORT/",
  "ldap://127.0.0.1:PORT/",
  "ws://127.0.0.1:PORT/",
  "unix:///var/run/docker.sock",
  "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
  "jar:http://127.0.0.1:PORT!/",
  "data:text/plain,hello",
  "javascript:alert(1)",
  "blob:http://127.0.0.1:PORT/1",
  "//127.0.0.1:PORT/",
  "127.0.0.1:PORT",
  "",
  "http://",
  "http://[::1",
  "http://127.0.0.1:99999/",
  `http://127.0.0.1:PORT/${"a".repeat(5_000)}`,
];

describe("an address that a user gave", () => {
  it.each(hostile)("is refused without being asked: %s", async (url) => {
    const before = asked.length;
    const to = url.replace("PORT", String(port));
    const calls = [
      { method: "POST", url: to, body: "{}" },
      { method: "GET", url: to, encoding: "binary", maxRedirects: 5 },
    ] as const;
    for (const call of calls) {
      const result = await closed()(call);
      expect(result).toMatchObject({ kind: "refused", message: expect.stringMatching(/^.{10,}$/) });
    }
    expect(asked.length).toBe(before);
  });

  it("is asked where its network is allowed, and only there", async () => {
    const url = (host: string) => `http://${host}:${port}/`;
    expect(await half()({ method: "GET", url: url("127.0.0.2") })).toMatchObject({ kind: "ok", body: "reached" });
    expect(await half()({ method: "GET", url: url("open.test") })).toMatchObject({ kind: "ok", status: 200 });
    expect(await half()({ method: "GET", url: url("127.0.0.1") })).toMatchObject({ kind: "refused" });
    expect(await half()({ method: "GET", url: url("mixed.test") })).toMatchObject({ kind: "refused" });
  });

  it("is looked up once, so that a name that answers differently the second time gains nothing", async () => {
    const { resolve, looked } = resolver();
    const http = half(resolve);
    const before = asked.length;
    const request = { method: "GET", url: `http://flips.test:${port}/` } as const;
    expect(await http(request)).toMatchObject({ kind: "ok" });
    expect(looked).toEqual(["flips.test"]);
    expect(await http(request)).toMatchObject({ kind: "refused" });
    expect(asked.slice(before).map(({ headers }) => headers.host)).toEqual([`flips.test:${port}`]);
  });

  it("that is public, or next to what is not, passes the check", () => {
    const isAllowed = createAddressCheck(["10.1.0.0/16", "fd00:1::/32"]);
    const open = [
      "1.1.1.1",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "172.15.255.255",
      "172.32.0.0",
    ];
    const more = ["192.167.255.255", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "10.1.2.3", "fd00:1::5"];
    expect([...open, ...more].filter((address) => !isAllowed(address))).toEqual([]);
    expect(["10.2.0.1", "fd00:2::1", "name.test", "", "127.0.0.1"].filter(isAllowed)).toEqual([]);
  });
});

describe("a redirect", () => {
  const to =
    (location: string, status = 302): Handler =>
    (_request, response) => {
      response.writeHead(status, { location: location.replace("PORT", String(port)) });
      response.end();
    };
  const get = (path: string, maxRedirects?: number) =>
    half()({ method: "GET", url: `http://127.0.0.2:${port}${path}`, maxRedirects });

  it.each([
    "http://127.0.0.1:PORT/secret",
    "//127.0.0.1:PORT/secret",
    "http://inside.test:PORT/secret",
    "http://2130706433:PORT/secret",
    "http://[::ffff:127.0.0.1]:PORT/secret",
    "http://me@127.0.0.2:PORT/secret",
    "file:///etc/passwd",
    "gopher://127.0.0.2:PORT/secret",
  ])("is checked like the first address: %s", async (location) => {
    routes.set("/go", to(location));
    const before = asked.length;
    expect(await get("/go", 3)).toMatchObject({ kind: "refused" });
    expect(asked.slice(before).map(({ url }) => url)).toEqual(["/go"]);
  });

  it("is an answer where none are to be followed, is followed where they are, and not for ever", async () => {
    routes.set("/one", to("/two")).set("/two", to("/end", 307)).set("/round", to("/round"));
    expect(await get("/one")).toMatchObject({ kind: "ok", status: 302 });
    expect(await get("/one", 2)).toMatchObject({ kind: "ok", status: 200, body: "reached" });
    expect(await get("/one", 1)).toMatchObject({ kind: "failed", message: expect.stringContaining("redirects") });
    expect(await get("/round", 5)).toMatchObject({ kind: "failed" });
  });

  it("to another origin takes no headers along, and turns a POST into a GET unless it says otherwise", async () => {
    routes.set("/away", to("http://open.test:PORT/end")).set("/keep", to("/end", 308));
    const post = (path: string) =>
      half()({
        method: "POST",
        url: `http://127.0.0.2:${port}${path}`,
        headers: { authorization: "Basic c2VjcmV0" },
        body: "text",
        maxRedirects: 1,
      });
    await post("/away");
    expect(asked.at(-1)).toMatchObject({ url: "/end", body: "" });
    expect(asked.at(-1)?.headers.authorization).toBeUndefined();
    await post("/keep");
    expect(asked.at(-1)).toMatchObject({ url: "/end", body: "text", headers: { authorization: "Basic c2VjcmV0" } });
  });
});

describe("an answer", () => {
  const ask = (
    path: string,
    options: { readonly timeoutMs?: number; readonly maxBytes?: number; readonly encoding?: "binary" } = {},
  ) => half()({ method: "GET", url: `http://127.0.0.2:${port}${path}`, ...options });

  it("that does not come, or does not end, is a timeout", async () => {
    routes.set("/silent", () => undefined);
    routes.set("/drip", (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(drip));
    });
    expect(await ask("/silent", { timeoutMs: 150 })).toMatchObject({ kind: "timeout", mayHaveArrived: true });
    expect(await ask("/drip", { timeoutMs: 150 })).toMatchObject({ kind: "timeout" });
  });

  it("of a name that is not there names its code once", async () => {
    const result = await closed()({ method: "GET", url: "http://gone.test/" });
    expect(result).toMatchObject({ kind: "failed", message: "getaddrinfo ENOTFOUND gone.test" });
  });

  it("of a resolver that hangs is a timeout too", async () => {
    const http = createOutboundHttp({ allowNetworks: [], resolve: () => new Promise(() => undefined) });
    expect(await http({ method: "GET", url: "http://slow.test/", timeoutMs: 50 })).toMatchObject({
      kind: "timeout",
      mayHaveArrived: false,
    });
  });

  it("comes byte by byte where it is asked for so", async () => {
    const bytes = Buffer.from([0x89, 0x50, 0x00, 0xff, 0xfe, 0xc3, 0x28]);
    routes.set("/bytes", (_request, response) => response.end(bytes));
    const request = { method: "GET", url: `http://127.0.0.2:${port}/bytes` } as const;
    const binary = await half()({ ...request, encoding: "binary" });
    expect(binary).toMatchObject({ kind: "ok", body: "" });
    expect(binary.kind === "ok" && Buffer.from(binary.bytes ?? [])).toEqual(bytes);
    expect(await half()(request)).not.toHaveProperty("bytes");
    expect(await half()({ ...request, encoding: "binary", maxBytes: 6 })).toMatchObject({ kind: "too_large" });
  });

  it("that is too large is cut off", async () => {
    routes.set("/large", (_request, response) => response.end("x".repeat(100_000)));
    expect(await ask("/large", { maxBytes: 99_999 })).toMatchObject({ kind: "too_large" });
    expect(await ask("/large", { maxBytes: 100_000 })).toMatchObject({ kind: "ok" });
  });

  it("is a file where its bytes are wanted, and a text otherwise", async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0x00, 0x61]);
    routes.set("/picture", (_request, response) => response.end(bytes));
    const wanted = await ask("/picture", { encoding: "binary" });
    expect(wanted).toMatchObject({ kind: "ok", body: "" });
    expect(wanted.kind === "ok" && Buffer.from(wanted.bytes ?? []).equals(bytes)).toBe(true);
    expect(await ask("/picture")).not.toHaveProperty("bytes");
  });

  it("with too many headers, cut short, or of no HTTP, is a failure", async () => {
    routes.set("/headers", (_request, response) => {
      for (let n = 0; n < 40; n += 1) response.setHeader(`x-${n}`, "y".repeat(1_000));
      response.end();
    });
    routes.set("/cut", (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      setImmediate(() => response.destroy());
    });
    routes.set("/upgrade", (_request, response) => {
      response.socket?.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    });
    routes.set("/noise", (_request, response) => response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n"));
    for (const path of ["/headers", "/cut", "/upgrade", "/noise"]) {
      expect(await ask(path), path).toMatchObject({ kind: "failed", mayHaveArrived: true });
    }
  });

  it("of a name that is not there, or a port where nobody listens, is a failure", async () => {
    expect(await half()({ method: "GET", url: "http://unknown.test/" })).toMatchObject({
      kind: "failed",
      mayHaveArrived: false,
    });
    expect(await half()({ method: "GET", url: "http://nowhere.test/" })).toMatchObject({
      kind: "failed",
      mayHaveArrived: false,
    });
    expect(await half()({ method: "GET", url: "http://127.0.0.2:1/" })).toMatchObject({
      kind: "failed",
      mayHaveArrived: false,
    });
  });
});

describe("what a user set up", () => {
  it("is checked in words before it is stored", () => {
    expect(checkOutboundUrl("https://example.com/hook?a=1")).toBeUndefined();
    expect(checkOutboundUrl("ftp://example.com/")).toContain("http");
    expect(checkOutboundUrl("https://a:b@example.com/")).toContain("password");
    expect(checkOutboundHeaders({ "X-Key": "1" })).toBeUndefined();
  });

  it.each([
    { Host: "example.com" },
    { "Content-Length": "1" },
    { "Transfer-Encoding": "chunked" },
    { "Proxy-Authorization": "x" },
    { "X-A": "a\r\nX-B: b" },
    { "X A": "a" },
    { "X-Long": "a".repeat(20_000) },
  ])("cannot smuggle headers in: %j", async (headers) => {
    const before = asked.length;
    expect(checkOutboundHeaders(headers as Record<string, string>)).toMatch(/header/);
    const request = {
      method: "GET",
      url: `http://127.0.0.2:${port}/`,
      headers: headers as Record<string, string>,
    } as const;
    expect(await half()(request)).toMatchObject({ kind: "refused" });
    expect(asked.length).toBe(before);
  });
});
