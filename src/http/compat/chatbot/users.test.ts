import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { aVisitor, chatbotDoor, chatbotUsers } from "../../../../test/chatbot-door.ts";
import { aTenant, type TestServer, testServer } from "../../../../test/server.ts";
import { toObjectId } from "../../../engine/object-id.ts";
import { createdSchema, doneSchema, objectIdSchema } from "./answers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const door = chatbotDoor(() => server);
const { tenant, call, good, refused } = door;
const { aUser, read, names } = chatbotUsers(door);

describe("a user", () => {
  it("is made once, however many ask for the same userId at the same moment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call("POST", "/users", { userId: "customer-7" })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 400)]);
    const found = await tenant().call("GET", "/contacts?clientExternalId=customer-7");
    expect(found.json().data).toHaveLength(1);
  });

  it("is made with an id of the caller's, attributes of any key and segments, and read back", async () => {
    const segment = (await good(createdSchema, "POST", "/users/segments", { name: "vip" })).id;
    const id = await aUser({
      userId: "customer-1",
      segments: segment,
      attributes: {
        default_email: "joe@doe.com",
        default_name: "Joe",
        default_city: "Perm",
        "Shoe size": 44,
        plan: "{{ x }}",
      },
      surplus: true,
    });
    const user = await read(id);
    expect(user).toMatchObject({ id, userId: "customer-1", banned: false, conversations: 0, segments: [segment] });
    expect(user.attributes).toMatchObject({
      default_email: "joe@doe.com",
      default_name: "Joe",
      default_city: "Perm",
      default_url: null,
      "Shoe size": "44",
      plan: "{{ x }}",
    });
    const { data: fields } = (await tenant().call("GET", "/fields")).json();
    expect(fields.map(({ key }: { key: string }) => key).sort()).toEqual(["default_city", "plan", "shoe_size"]);
  });

  it("gets an id where none is given: the e-mail, else one that is made", async () => {
    expect((await read(await aUser({ attributes: { default_email: "ann@example.com" } }))).userId).toBe(
      "ann@example.com",
    );
    expect((await read(await aUser())).userId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(["Male", "Female", "Other"])(
    "has each of the attributes of ChatBot's own, with the gender %s, when made and when changed",
    async (gender) => {
      const own = (word: string) => ({
        default_email: `${word}@example.com`,
        default_name: word,
        default_url: `https://${word}.example.com`,
        default_avatar: `https://example.com/${word}.png`,
        default_language: "pl",
        default_timezone: "Europe/Warsaw",
        default_gender: gender,
        default_ip: "198.51.100.7",
        default_city: `City of ${word}`,
        default_region: `Region of ${word}`,
        default_country: `Country of ${word}`,
        default_referrer: `https://${word}.example.com/ad`,
        default_username: word,
      });
      const id = await aUser({ attributes: own("joe") });
      expect((await read(id)).attributes).toEqual(own("joe"));
      await good(doneSchema, "PUT", `/users/${id}`, { attributes: own("ann"), surplus: 1 });
      expect((await read(id)).attributes).toEqual(own("ann"));
    },
  );

  it("keeps a language and a time zone in whatever words, and what flows reckon with in the profile", async () => {
    const words = { default_language: "English", default_timezone: "GMT+2" };
    const id = await aUser({ attributes: words });
    const profile = async () => {
      const { language, timeZone } = (
        await tenant().call("GET", `/contacts/${Number.parseInt(id.slice(8), 16)}`)
      ).json();
      return { language, timeZone };
    };
    expect((await read(id)).attributes).toMatchObject(words);
    expect(await profile()).toEqual({ language: null, timeZone: null });
    const filter = "filters[0][type]=attribute&filters[0][key]=default_language&filters[0][value]";
    expect(await names(`${filter}=English`)).toHaveLength(1);
    const known = { default_language: "en-GB", default_timezone: "Europe/Warsaw" };
    await good(doneSchema, "PUT", `/users/${id}`, { attributes: known });
    expect((await read(id)).attributes).toMatchObject(known);
    expect(await profile()).toEqual({ language: "en-GB", timeZone: "Europe/Warsaw" });
    expect([await names(`${filter}=English`), await names(`${filter}=en-GB`)]).toMatchObject([[], [null]]);
    await good(doneSchema, "PUT", `/users/${id}`, { attributes: words });
    expect((await read(id)).attributes).toMatchObject(words);
    expect(await profile()).toEqual({ language: null, timeZone: null });
    await good(doneSchema, "PUT", `/users/${id}`, { attributes: { default_language: "", default_timezone: null } });
    expect((await read(id)).attributes).toMatchObject({ default_language: null, default_timezone: null });
  });

  it("from a channel has the name that is known there", async () => {
    const { id } = await aVisitor(server, tenant());
    expect((await read(id)).attributes.default_name).toBe("Ann");
  });

  it("is banned and made by what scripts write: 1 and 0, and PHP's list that stands for an empty object", async () => {
    const id = await aUser({ attributes: [] });
    await good(doneSchema, "PUT", `/users/${id}`, { attributes: [] });
    for (const [word, banned] of [
      [1, true],
      ["0", false],
      ["Yes", true],
      [false, false],
    ]) {
      await good(doneSchema, "PUT", `/users/${id}/ban`, { banned: word });
      expect((await read(id)).banned).toBe(banned);
    }
  });

  it("is changed, and loses what is empty", async () => {
    const id = await aUser({ attributes: { default_name: "Joe", city: "Perm" } });
    const attributes = { default_name: "Joseph", city: null, note: "x" };
    await good(doneSchema, "PUT", `/users/${id}`, { attributes });
    const user = await read(id);
    expect(user.attributes).toMatchObject({ default_name: "Joseph", note: "x" });
    expect(user.attributes).not.toHaveProperty("city");
  });

  it("who is banned gets no flow and no message until unbanned", async () => {
    const visitor = await aVisitor(server, tenant());
    const { id } = visitor;
    expect(await visitor.said()).toEqual(["Hello!"]);
    await good(doneSchema, "PUT", `/users/${id}/ban`, { banned: true });
    expect((await read(id)).banned).toBe(true);
    expect(await names("filters[0][type]=banned&filters[0][value]=true")).toHaveLength(1);
    await visitor.hear("hello");
    server.pass(3_600_000);
    expect(await visitor.said()).toEqual(["Hello!"]);
    await good(doneSchema, "PUT", `/users/${id}/ban`, { banned: "false" });
    expect((await read(id)).banned).toBe(false);
    await visitor.hear("hello");
    expect(await visitor.said()).toEqual(["Hello!", "Hello!"]);
  });

  it.each([
    ["POST", "/users", { userId: "x".repeat(257) }],
    ["POST", "/users", { attributes: "x" }],
    ["POST", "/users", { attributes: { default_email: "nobody" } }],
    ["POST", "/users", { attributes: { default_name: "x".repeat(257) } }],
    [
      "POST",
      "/users",
      { attributes: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "x"])) },
    ],
    ["POST", "/users", { attributes: { note: "x".repeat(1025) } }],
    ["PUT", "/users/ID", { attributes: { default_email: "Nowhere" } }],
    ["PUT", "/users/ID/segments", {}],
    ["POST", "/users/ID/segments", { segmentIds: null }],
    ["PUT", "/users/ID/ban", { banned: "perhaps" }],
    ["POST", "/users/segments", { name: " " }],
    ["GET", "/users/123", undefined],
  ] as const)("%s %s refuses %j", async (method, path, body) => {
    await refused(400, method, path.replace("ID", await aUser()), body);
  });

  it("is not made twice with one userId", async () => {
    await aUser({ userId: "one" });
    expect(await refused(400, "POST", "/users", { userId: "one" })).toContain("one");
  });

  it("who is not there, or another workspace's, is 404 everywhere", async () => {
    const id = await aUser();
    const other = await aTenant(server);
    const foreign = await other.mintToken({ kind: "chatbot" });
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PUT", "", { attributes: { a: "b" } }],
      ["PUT", "/ban", { banned: true }],
      ["POST", "/segments", { segmentIds: [] }],
      ["PUT", "/segments", { segmentIds: [] }],
    ] as const) {
      await refused(404, method, `/users/${id}${path}`, body, foreign);
      await refused(404, method, `/users/${toObjectId("user", 999_999)}${path}`, body);
      await refused(404, method, `/users/${toObjectId("story", 1)}${path}`, body);
    }
    expect((await call("GET", "/users", undefined, foreign)).body).toEqual({ data: [], count: 0 });
  });
});

describe("segments", () => {
  it("are tags: made once, listed, added and replaced", async () => {
    const make = async (name: string) => (await good(createdSchema, "POST", "/users/segments", { name })).id;
    const [vip, lead] = [await make("vip"), await make("lead")];
    expect(await make("vip")).toBe(vip);
    const list = await good(
      z.array(z.strictObject({ id: objectIdSchema, name: z.string() })),
      "GET",
      "/users/segments",
    );
    expect(list).toEqual([
      { id: lead, name: "lead" },
      { id: vip, name: "vip" },
    ]);
    const id = await aUser();
    await good(doneSchema, "POST", `/users/${id}/segments`, { segmentIds: [vip] });
    await good(doneSchema, "POST", `/users/${id}/segments`, { segmentIds: ["lead"] });
    expect((await read(id)).segments).toEqual([vip, lead]);
    await good(doneSchema, "PUT", `/users/${id}/segments`, { segments: [lead] });
    expect((await read(id)).segments).toEqual([lead]);
    await refused(404, "POST", `/users/${id}/segments`, { segmentIds: [toObjectId("segment", 999_999)] });
    const other = await aTenant(server);
    const foreign = await other.mintToken({ kind: "chatbot" });
    await refused(404, "POST", "/users", { segments: [vip], attributes: { surplus: "x" } }, foreign);
    expect((await other.call("GET", "/fields")).json().data).toEqual([]);
  });
});
