import { afterEach, describe, expect, it, vi } from "vitest";
import { apiOf } from "./api.ts";

const answers: (Response | Error)[] = [];
const keys: (string | null)[] = [];
const api = apiOf("demo");

function answer(...next: (Response | Error)[]) {
  answers.push(...next);
  vi.stubGlobal("fetch", async (_url: string, { headers }: { headers: Record<string, string> }) => {
    keys.push(headers["idempotency-key"] ?? null);
    const said = answers.shift();
    if (said instanceof Response) return said;
    throw said ?? new TypeError("no answer");
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
  answers.length = 0;
  keys.length = 0;
});

const ok = () => new Response('{"id":1}', { status: 201 });
const broken = () => new Response("", { status: 503 });

describe("a change that is sent again", () => {
  it("has the same key while nobody answered, or the server was not there", async () => {
    answer(new TypeError("lost"), broken(), ok(), ok());
    await expect(api.send("POST", "/deals", { title: "A" })).rejects.toMatchObject({ code: "network" });
    await expect(api.send("POST", "/deals", { title: "A" })).rejects.toMatchObject({ status: 503 });
    await api.send("POST", "/deals", { title: "A" });
    await api.send("POST", "/deals", { title: "A" });
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[2]);
  });

  it("has another where it is another change", async () => {
    answer(new TypeError("lost"), ok());
    await expect(api.send("POST", "/deals", { title: "B" })).rejects.toThrow();
    await api.send("POST", "/deals", { title: "C" });
    expect(keys[1]).not.toBe(keys[0]);
  });
});
