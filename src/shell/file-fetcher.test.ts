import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { outboundToLoopback } from "../../test/outbound.ts";
import { aReceiver, type Receiver } from "../../test/receiver.ts";
import { testClock } from "../../test/shell.ts";
import { createFileFetcher } from "./file-fetcher.ts";
import { createOutboundHttp } from "./outbound-http.ts";

let receiver: Receiver;
beforeAll(async () => {
  receiver = await aReceiver();
});
afterAll(() => receiver.close());

const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0xfe, 0x00, 0x80]);
let count = 0;
/** An address of its own for each test. */
let path: string;
beforeEach(() => {
  count += 1;
  path = `/file-${count}`;
  receiver.answer(path, (_call, response) => {
    response.setHeader("content-type", "application/pdf");
    response.end(bytes);
  });
});
const asked = () => receiver.at(path).length;
function aFetcher(options: { readonly keepBytes?: number } = {}) {
  const clock = testClock();
  return { clock, fetchFile: createFileFetcher({ outbound: outboundToLoopback, now: clock.now, ...options }) };
}
const limit = { maxBytes: 1_000 };

describe("a file of a message", () => {
  it("comes byte by byte as it is, with what the server calls it", async () => {
    const file = await aFetcher().fetchFile(`${receiver.url}${path}`, limit);
    expect(Buffer.from(file?.bytes ?? [])).toEqual(bytes);
    expect(file?.mimeType).toBe("application/pdf");
  });

  it("is asked for once, however many want it, at a time or one after the other", async () => {
    const { fetchFile } = aFetcher();
    const url = `${receiver.url}${path}`;
    await Promise.all(Array.from({ length: 50 }, () => fetchFile(url, limit)));
    for (let again = 0; again < 50; again += 1) expect(await fetchFile(url, limit)).toBeDefined();
    expect(asked()).toBe(1);
  });

  it("is asked for anew after some minutes", async () => {
    const { fetchFile, clock } = aFetcher();
    await fetchFile(`${receiver.url}${path}`, limit);
    clock.pass(5 * 60_000);
    await fetchFile(`${receiver.url}${path}`, limit);
    expect(asked()).toBe(2);
  });

  it("is forgotten where others need the room, the one that was not used for longest first", async () => {
    const { fetchFile } = aFetcher({ keepBytes: bytes.length * 2 });
    const url = (name: string) => `${receiver.url}${path}?${name}`;
    for (const name of ["a", "b", "a", "c", "a", "b"]) await fetchFile(url(name), limit);
    expect(receiver.at(path).map(({ query }) => query.toString().replace("=", ""))).toEqual(["a", "b", "c", "b"]);
  });

  it("that is too large is none, until more is allowed", async () => {
    const { fetchFile } = aFetcher();
    const url = `${receiver.url}${path}`;
    for (let again = 0; again < 3; again += 1) expect(await fetchFile(url, { maxBytes: 7 })).toBeUndefined();
    expect(asked()).toBe(1);
    expect(await fetchFile(url, { maxBytes: 8 })).toBeDefined();
    expect(await fetchFile(url, { maxBytes: 7 })).toBeUndefined();
    expect(asked()).toBe(2);
  });

  it("that is not there is asked for again after a minute, not for every recipient", async () => {
    receiver.answer(path, (_call, response) => {
      response.statusCode = 404;
      response.end("no");
    });
    const { fetchFile, clock } = aFetcher();
    for (let again = 0; again < 3; again += 1) {
      expect(await fetchFile(`${receiver.url}${path}`, limit)).toBeUndefined();
    }
    expect(asked()).toBe(1);
    clock.pass(60_000);
    await fetchFile(`${receiver.url}${path}`, limit);
    expect(asked()).toBe(2);
  });

  it("in a network that is not public is none, and nobody is asked", async () => {
    const closed = createFileFetcher({ outbound: createOutboundHttp({ allowNetworks: [] }), now: () => 0 });
    expect(await closed(`${receiver.url}${path}`, limit)).toBeUndefined();
    expect(await closed("file:///etc/passwd", limit)).toBeUndefined();
    expect(asked()).toBe(0);
  });
});
