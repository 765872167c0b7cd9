import { describe, expect, it } from "vitest";
import { createGreeting } from "./greeting.ts";
import { type ChatState, emptyChat, withAct } from "./state.ts";
import type { ChatStorage } from "./storage.ts";

/** A browser's storage, kept over reloads. */
function memoryStorage(): ChatStorage {
  const values = new Map<string, unknown>();
  return {
    read: <T>(key: string) => values.get(key) as T | undefined,
    write: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    readAll: () => [],
  };
}

/** The page is loaded anew: what is stored stays. */
const load = (storage: ChatStorage, start?: string) => createGreeting({ isPage: false, start, storage });

const stranger: ChatState = { ...emptyChat, connection: "online", isKnown: false };
const acquaintance: ChatState = { ...stranger, isKnown: true };

describe("a chat begins by itself", () => {
  it("with a stranger, once", () => {
    const greeting = load(memoryStorage());
    expect(greeting.next(stranger)).toEqual({ kind: "start" });
    expect(greeting.next(acquaintance)).toBeUndefined();
  });

  it("with a payload, also where the visitor is known, but once for each payload", () => {
    const storage = memoryStorage();
    expect(load(storage, "poster").next(acquaintance)).toEqual({ kind: "start", payload: "poster" });
    expect(load(storage, "poster").next(acquaintance)).toBeUndefined();
    expect(load(storage, "leaflet").next(acquaintance)).toEqual({ kind: "start", payload: "leaflet" });
  });

  it("once where the page was left before its start was sent", () => {
    const storage = memoryStorage();
    const made = load(storage, "poster").next(stranger);
    if (made === undefined) throw new Error("nothing was started");
    const unsent = withAct(stranger, { ...made, id: "a" }, 0);
    expect(load(storage, "poster").next(unsent)).toBeUndefined();
  });

  it("without a payload where that is longer than the server takes", () => {
    expect(load(memoryStorage(), "x".repeat(2_001)).next(stranger)).toEqual({ kind: "start" });
  });
});
