import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aFlowDocument } from "../../../test/flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aTelegramChannel } from "../../../test/telegram-channel.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let channelId: number;
beforeEach(async () => {
  tenant = await aTenant(server);
  const channel = await aTelegramChannel(server, tenant, { settings: { username: "shop_bot" } });
  channelId = channel.id;
});

const make = (body: object) =>
  tenant.call("POST", "/entry-links", { body: { bot: tenant.bot.ref, name: "Poster", ...body } });

describe("an entry link", () => {
  it.each([
    [{ email: "email@gmail.com" }, "eyJlIjoiZW1haWxAZ21haWwuY29tIn0"],
    [{ phone: "79000000000" }, "eyJwIjoiNzkwMDAwMDAwMDAifQ"],
    [{ externalId: "externalId" }, "eyJlSWQiOiJleHRlcm5hbElkIn0"],
    [{ variables: { city: "Moscow" } }, "eyJ2Ijp7ImNpdHkiOiJNb3Njb3cifX0"],
  ])("carries %j as requirements/002 has it", async (data, payload) => {
    const link = (await make({ data })).json();
    expect(link).toMatchObject({
      payload,
      length: payload.length,
      maxLength: 64,
      links: [{ channelId, kind: "telegram", url: `https://t.me/shop_bot?start=${payload}` }],
    });
    expect(link.links[0].qrSvg).toMatch(/^<svg /);
  });

  it("carries a plain key as it is, and without data its own ref", async () => {
    expect((await make({ key: "1234567" })).json()).toMatchObject({ payload: "1234567", length: 7 });
    const link = (await make({})).json();
    expect(link.payload).toBe(link.ref);
  });

  it("names itself in what it carries where it starts a flow", async () => {
    const { ref: flow } = (
      await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: aFlowDocument() } })
    ).json();
    const link = (await make({ flow, step: "bye", key: "k" })).json();
    expect(link).toMatchObject({ flow, step: "bye" });
    expect(JSON.parse(Buffer.from(link.payload, "base64url").toString())).toEqual({ eId: "k", l: link.ref });
    expect((await make({ flow, step: "gone" })).json().error).toMatchObject({
      code: "request.invalid",
      details: [{ path: "step" }],
    });
    expect((await make({ flow: "nosuch" })).json().error.code).toBe("flow.not_found");
  });

  it.each([
    ["a phone that is none", "phone", { phone: "call me" }],
    ["an e-mail address that is none", "email", { email: "ann at example.com" }],
    ["a variable's name with a space", "variables", { variables: { "first name": "Ann" } }],
    ["a variable's name with a dot", "variables", { email: "a@b.cd", variables: { "a.b": 1 } }],
  ])("is refused with %s, which whoever opens it would not bring", async (_what, path, data) => {
    const answer = await make({ data });
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      422,
      { code: "request.invalid", details: [{ path: `data.${path}` }] },
    ]);
    if (path === "variables") return;
    expect((await make({ stored: data })).statusCode).toBe(422);
    const { ref } = (await make({})).json();
    expect((await tenant.call("PATCH", `/entry-links/${ref}`, { body: { stored: data } })).statusCode).toBe(422);
  });

  it("is refused where it is too long, with the length it has and may have, and then is not there", async () => {
    const data = { email: "a.very.long.address@of.a.long.domain.example", phone: "79000000000" };
    const answer = await make({ data });
    const length = Buffer.from(JSON.stringify({ p: data.phone, e: data.email })).toString("base64url").length;
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      422,
      { code: "entry_link.too_long", details: { length, maxLength: 64 } },
    ]);
    expect(answer.json().error.message).toMatch(new RegExp(`has ${length} .* may have 64`));
    expect((await make({ key: "x".repeat(65) })).json().error.details).toEqual({ length: 65, maxLength: 64 });
    expect((await make({ key: "x".repeat(64) })).statusCode).toBe(201);
    expect((await tenant.call("GET", "/entry-links")).json().data).toHaveLength(1);
  });

  it("leaves long data on the server where it is told so", async () => {
    const stored = { variables: { course: "A course with a name that no link could carry, however short the rest" } };
    const link = (await make({ stored })).json();
    expect(link).toMatchObject({ stored, payload: link.ref });
    expect((await tenant.call("GET", `/entry-links/${link.ref}`)).json()).toEqual(link);
  });

  it("is refused with characters that the channel's links cannot carry", async () => {
    expect((await make({ key: "курс 1" })).json().error).toMatchObject({
      code: "entry_link.bad_characters",
      details: { characters: ["к", "у", "р", "с", " "] },
    });
    expect((await make({ data: { externalId: "курс 1" } })).statusCode).toBe(201);
  });

  it("is refused with a key and data, or a channel that has no links", async () => {
    expect((await make({ key: "a", data: { email: "a@b.c" } })).json().error.code).toBe("request.invalid");
    expect((await make({ channel: channelId + 1000 })).json().error.code).toBe("entry_link.no_channel");
  });

  it("keeps its payload when what it does is changed, and is gone when it is deleted", async () => {
    const link = (await make({ key: "poster" })).json();
    const changed = await tenant.call("PATCH", `/entry-links/${link.ref}`, { body: { name: "Wall" } });
    expect(changed.json()).toEqual({ ...link, name: "Wall" });
    expect((await tenant.call("DELETE", `/entry-links/${link.ref}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/entry-links/${link.ref}`)).json().error.code).toBe("entry_link.not_found");
  });

  it("is the same one for a repeated request", async () => {
    const options = { key: "e1", body: { bot: tenant.bot.ref, name: "Poster" } };
    const first = await tenant.call("POST", "/entry-links", options);
    expect((await tenant.call("POST", "/entry-links", options)).json()).toEqual(first.json());
  });
});
