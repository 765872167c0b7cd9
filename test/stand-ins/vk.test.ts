import { Agent, createServer } from "node:http";
import type { Agent as SecureAgent } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { APIError, Keyboard, VK } from "vk-io";
import { until } from "../until.ts";
import type { Fault } from "./faulty-http.ts";
import { startVkStandIn, type VkStandIn } from "./vk.ts";

let standIn: VkStandIn;
let client: VK;
// vk-io's type knows https alone.
const agent = new Agent() as unknown as SecureAgent;
const clientWith = (token: string) =>
  new VK({ token, agent, apiBaseUrl: `${standIn.url}/method`, apiRetryLimit: 0, pollingGroupId: 77 });
beforeEach(async () => {
  standIn = await startVkStandIn();
  client = clientWith("vk1.a.token-of-a-test");
});
afterEach(() => standIn.close());

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
const send = (more: object = {}, randomId = 1) =>
  client.api.messages.send({ peer_id: 55, random_id: randomId, message: "Hello", ...more });

describe("the stand-in for VK, as vk-io sees it", () => {
  it("knows the community and takes messages, one of a kind once", async () => {
    const { groups } = (await client.api.groups.getById({})) as unknown as { groups: object[] };
    expect(groups).toMatchObject([{ id: 77, screen_name: "standin" }]);
    const id = await send();
    expect(await send()).toBe(id);
    expect(await send({}, 2)).not.toBe(id);
    expect(standIn.shown.map(({ text }) => text)).toEqual(["Hello", "Hello"]);
  });

  it("takes keyboards as vk-io builds them", async () => {
    const keyboard = Keyboard.builder()
      .textButton({ label: "Yes", payload: { p: "f:s:y" } })
      .row()
      .urlButton({ label: "Open", url: "https://e.com" })
      .inline();
    await send({ keyboard });
    expect(standIn.shown).toMatchObject([{ isInline: true, buttons: { length: 2 } }]);
    const rows = Array.from({ length: 11 }, (_, index) => [{ action: { type: "text", label: `${index}` } }]);
    const many = JSON.stringify({ inline: true, buttons: rows });
    expect(await rejection(send({ keyboard: many }, 2))).toMatchObject({ code: 911 });
  });

  it("takes photos and documents by its upload servers", async () => {
    const photo = await client.upload.messagePhoto({
      source: { value: Buffer.from("picture"), filename: "cat.jpg" },
      peer_id: 55,
    });
    const document = await client.upload.messageDocument({
      source: { value: Buffer.from("text"), filename: "a.pdf" },
      peer_id: 55,
    });
    await send({ attachment: [photo, document] });
    expect(standIn.shown[0]?.files).toEqual(["cat.jpg", "a.pdf"]);
  });

  it.each<[string, object, number]>([
    ["a text that is too long", { message: "x".repeat(4097) }, 914],
    ["nothing", { message: "" }, 100],
  ])("refuses %s", async (_name, more, code) => {
    const error = await rejection(send(more));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code });
  });

  it("refuses an unknown token, and to write to who forbade it", async () => {
    expect(await rejection(clientWith("unknown-token").api.groups.getById({}))).toMatchObject({ code: 5 });
    await standIn.deny("55");
    expect(await rejection(send())).toMatchObject({ code: 901 });
  });

  it("hands updates to who polls", async () => {
    const heard: (string | undefined)[] = [];
    client.updates.on("message_new", (context) => void heard.push(context.text));
    await client.updates.startPolling();
    await until("the poll", () => standIn.calls.some(({ method }) => method === "lp"));
    await standIn.say("55", "hello");
    await until("the message", () => heard.length === 1);
    expect(heard).toEqual(["hello"]);
    await client.updates.stop();
  });

  it("calls a callback server, which vk-io's own answers as VK wants it", async () => {
    const heard: (string | undefined)[] = [];
    const updates = new VK({ token: "t", webhookSecret: "s3cret", webhookConfirmation: "b7d2a1c4" }).updates;
    updates.on("message_new", (context) => void heard.push(context.text));
    const server = createServer(updates.getWebhookCallback("/hook"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    await client.api.groups.addCallbackServer({ group_id: 77, url, title: "x", secret_key: "s3cret" });
    expect(standIn.servers()).toMatchObject([{ url, status: "ok" }]);
    await standIn.say("55", "hello");
    await until("the message", () => heard.length === 1);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("tells who somebody is", async () => {
    const people = await client.api.users.get({ user_ids: [55], fields: ["photo_200"] });
    expect(people).toMatchObject([{ id: 55, first_name: "Имя55", photo_200: expect.stringContaining("55.jpg") }]);
    expect(await rejection(client.api.users.get({ user_ids: [-1] }))).toMatchObject({ code: 113 });
  });

  it.each<[string, Fault]>([
    ["a cut connection", { reset: true }],
    ["a server error", { status: 500, body: "<h1>Internal Server Error</h1>" }],
    ["a proxy's page", { status: 502, body: "<h1>Bad Gateway</h1>" }],
  ])("goes wrong by %s when it is told to, once", async (_name, fault) => {
    standIn.fail({ method: "messages.send", ...fault });
    expect(await rejection(send())).toBeInstanceOf(Error);
    expect(await send()).toBeGreaterThan(0);
  });

  it("asks for patience where there are too many calls a second", async () => {
    await standIn.close();
    standIn = await startVkStandIn({ perSecond: 1 });
    // vk-io waits by itself where it is told 6: a client that is as fast as it likes is told so.
    const answers = await Promise.all(
      [1, 2, 3].map(async (id) => {
        const body = new URLSearchParams({
          access_token: "t",
          v: "5.199",
          peer_id: "55",
          random_id: `${id}`,
          message: "Hi",
        });
        const response = await fetch(`${standIn.url}/method/messages.send`, { method: "POST", body });
        return (await response.json()) as { readonly error?: { readonly error_code: number } };
      }),
    );
    expect(answers.map(({ error }) => error?.error_code)).toContain(6);
  });
});
