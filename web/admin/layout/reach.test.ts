import { describe, expect, it } from "vitest";
import { isReachedByMessengers, reachIn, reachOf } from "./reach.ts";

describe("who can open an address", () => {
  it.each([
    ["http://127.0.0.1:3000/chat/demo", "machine"],
    ["http://localhost:3000", "machine"],
    ["http://[::1]:3000/", "machine"],
    ["http://0.0.0.0:3000/", "machine"],
    ["http://192.168.1.20:3000", "network"],
    ["http://10.0.0.4", "network"],
    ["http://172.20.0.2:3000", "network"],
    ["http://100.100.1.1", "network"],
    ["http://[fd00::1]/", "network"],
    ["http://server:3000", "network"],
    ["http://bots.local", "network"],
    ["http://172.40.0.2", "everybody"],
    ["http://[2001:db8::1]/", "everybody"],
    ["https://bots.example.com/chat/demo", "everybody"],
    ["https://t.me/some_bot?start=x", "everybody"],
    ["viber://pa?chatURI=some", "everybody"],
    ["no address", "everybody"],
  ])("%s: %s", (address, reach) => {
    expect(reachOf(address)).toBe(reach);
  });

  it("is found in code for a site, and in no secret", () => {
    expect(reachIn('<script src="http://127.0.0.1:3000/widget.js" data-bot="demo" async></script>')).toBe("machine");
    expect(reachIn("rp_live_localhost")).toBe("everybody");
  });

  it("is nobody of the messengers without https", () => {
    expect(isReachedByMessengers("https://bots.example.com")).toBe(true);
    expect(isReachedByMessengers("http://bots.example.com")).toBe(false);
    expect(isReachedByMessengers("https://192.168.1.20")).toBe(false);
  });
});
