import { Agent, request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  aBothelpAccount,
  type BothelpAccount,
  bothelpApi,
  choicesSchema,
  refusalSchema,
  subscriberPageSchema,
} from "../../../../test/bothelp.ts";
import { aFlowDocument } from "../../../../test/flow-samples.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let account: BothelpAccount;
beforeEach(async () => {
  account = await aBothelpAccount(server);
});

/** What an address answers, with and without a slash at its end. */
async function readBoth(path: string, token?: string): Promise<unknown> {
  const [plain, slashed] = [await get(path, token), await get(path.replace(/(?=\?|$)/, "/"), token)];
  expect(plain.status).toBe(200);
  expect(slashed).toEqual(plain);
  return plain.body;
}

const get = (path: string, token?: string) =>
  account.call("GET", path, undefined, token === undefined ? {} : { token });

async function listSubscribers(query = "", token?: string) {
  return subscriberPageSchema.parse(await readBoth(`/v1/subscribers${query}`, token));
}

describe("the list of bots", () => {
  it("holds the flows that can be run", async () => {
    const { tenant, aPublishedFlow } = account;
    expect(await readBoth("/v1/bots")).toEqual([]);
    const referral = await aPublishedFlow();
    await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: aFlowDocument() } });
    expect(choicesSchema.parse(await readBoth("/v1/bots"))).toEqual([{ title: "Welcome", referral }]);
  });

  it("leads to their steps", async () => {
    const referral = await account.aPublishedFlow();
    expect(choicesSchema.parse(await readBoth(`/v1/bots/${referral}/steps`))).toEqual([
      { title: "hello", referral: "hello" },
      { title: "pause", referral: "pause" },
      { title: "bye", referral: "bye" },
    ]);
  });

  it("has no steps of what is not there, not published, or another workspace's", async () => {
    const { tenant } = account;
    const draft = await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: aFlowDocument() } });
    const foreign = await (await aBothelpAccount(server)).aPublishedFlow();
    for (const referral of ["nosuch", draft.json().ref, foreign]) {
      const { status, body } = await get(`/v1/bots/${referral}/steps`);
      expect([status, refusalSchema.parse(body).error]).toEqual([404, "flow_not_found"]);
    }
  });
});

describe("the list of funnels", () => {
  it("holds the sequences", async () => {
    expect(await readBoth("/v1/funnels")).toEqual([]);
    const { tenant } = account;
    const made = await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.id, name: "Прогрев" } });
    expect(choicesSchema.parse(await readBoth("/v1/funnels"))).toEqual([
      { title: "Прогрев", referral: made.json().ref },
    ]);
  });
});

describe("the list of subscribers", () => {
  it("shows all that BotHelp's SDK needs, and nothing as null", async () => {
    const { tenant, aSubscriber } = account;
    const { id, cuid, chat } = await aSubscriber({ name: "Анна" });
    await tenant.call("PATCH", `/contacts/${id}`, { body: { email: "ann@example.com", phone: "+79001234567" } });
    await tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "add_tag", args: { tag: "vip" } } });
    await server.database.db
      .updateTable("contacts")
      .set({ utm: JSON.stringify({ source: "vk", campaign: "spring" }) })
      .where("id", "=", id)
      .execute();
    expect(await listSubscribers()).toEqual({
      data: [
        expect.objectContaining({
          id,
          cuid,
          userId: String(chat),
          createdAt: Math.floor(server.now() / 1000),
          subscribed: true,
          name: "Анна",
          email: "ann@example.com",
          phone: "+79001234567",
          channelName: "Shop in Telegram",
          channelType: "telegram",
          utmSource: "vk",
          utmMedium: "",
          utmCampaign: "spring",
          tags: ["vip"],
        }),
      ],
    });
  });

  it("shows empty texts for somebody of whom nothing is known", async () => {
    await account.tenant.call("POST", "/contacts", { body: { bot: account.tenant.bot.id } });
    const [subscriber] = (await listSubscribers()).data;
    expect(subscriber).toMatchObject({
      name: "",
      email: "",
      phone: "",
      channelName: "",
      userId: "",
      subscribed: false,
    });
  });

  it("shows whoever opted out as not subscribed", async () => {
    const { id } = await account.aSubscriber();
    await account.tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "opt_out", args: {} } });
    expect((await listSubscribers()).data).toMatchObject([{ id, subscribed: false }]);
  });

  it("finds by e-mail whatever its case and by phone in any usual form", async () => {
    const { tenant, aSubscriber } = account;
    const [ann] = [await aSubscriber(), await aSubscriber()];
    await tenant.call("PATCH", `/contacts/${ann.id}`, { body: { email: "ann+1@example.com", phone: "+79001234567" } });
    for (const query of [
      "?email=ANN%2B1@example.com",
      // As scripts write them, unescaped.
      "?email=ann+1@example.com",
      "?phone=+79001234567",
      "?phone=79001234567",
      "?phone=8%20(900)%20123-45-67",
      "?email=ann%2B1@example.com&phone=79001234567",
    ]) {
      expect([query, (await listSubscribers(query)).data.map(({ id }) => id)]).toEqual([query, [ann.id]]);
    }
    expect((await listSubscribers("?email=nobody@example.com")).data).toEqual([]);
    expect((await listSubscribers("?email=ann%2B1@example.com&phone=79000000000")).data).toEqual([]);
  });

  it("gives everybody where the parameters are named and empty", async () => {
    const { id } = await account.aSubscriber();
    expect((await listSubscribers("?email=&phone=&after=&createdAtAfter=")).data).toMatchObject([{ id }]);
  });

  it("gives a hundred at once; the last page has no `paging`, and `next` keeps the filter", async () => {
    const { tenant } = account;
    const { db } = server.database;
    const contact = (n: number) => ({
      workspaceId: tenant.workspace.id,
      botId: tenant.bot.id,
      cuid: `${tenant.workspace.domain}-${n}`,
      email: n === 205 ? "other@example.com" : "a+b@example.com",
      createdAt: new Date(server.now()),
    });
    await db
      .insertInto("contacts")
      .values(Array.from({ length: 205 }, (_, n) => contact(n + 1)))
      .execute();
    const since = Math.floor(server.now() / 1000) - 1;
    const found: string[] = [];
    let query = `?email=a%2Bb@example.com&createdAtAfter=${since}`;
    const sizes: number[] = [];
    for (;;) {
      const { data, paging } = await listSubscribers(query);
      sizes.push(data.length);
      found.push(...data.map(({ cuid }) => cuid));
      if (paging === undefined) break;
      expect(paging.cursor.after).toBe(data.at(-1)?.id);
      query = `?${paging.next}`;
    }
    expect(sizes).toEqual([100, 100, 4]);
    expect(new Set(found).size).toBe(204);
    expect((await listSubscribers()).paging?.next).toMatch(/^after=\d+$/);
  });

  it("gives exactly a hundred without promising more", async () => {
    const { tenant } = account;
    const rows = Array.from({ length: 100 }, (_, n) => ({
      workspaceId: tenant.workspace.id,
      botId: tenant.bot.id,
      cuid: `${tenant.workspace.domain}-${n}`,
    }));
    await server.database.db.insertInto("contacts").values(rows).execute();
    const page = await listSubscribers();
    expect([page.data.length, page.paging]).toEqual([100, undefined]);
  });

  it("gives those made after a moment, and not again those of that second", async () => {
    server.pass(1000 - (server.now() % 1000) + 400);
    const first = await account.aSubscriber();
    server.pass(1000);
    const second = await account.aSubscriber();
    const { data } = await listSubscribers();
    const [createdAt = 0, later = 0] = data.map((subscriber) => subscriber.createdAt);
    expect(later).toBe(createdAt + 1);
    expect((await listSubscribers(`?createdAtAfter=${createdAt - 1}`)).data.map(({ id }) => id)).toEqual([
      first.id,
      second.id,
    ]);
    expect((await listSubscribers(`?createdAtAfter=${createdAt}`)).data.map(({ id }) => id)).toEqual([second.id]);
    expect((await listSubscribers(`?createdAtAfter=${later}`)).data).toEqual([]);
    expect((await listSubscribers(`?after=${first.id}`)).data.map(({ id }) => id)).toEqual([second.id]);
  });

  it.each(["?after=x", "?after=-1", "?createdAtAfter=yesterday", "?email={object.user.email}", "?email=%CA%F3"])(
    "refuses %s",
    async (query) => {
      const { status, body } = await get(`/v1/subscribers${query}`);
      expect(status).toBe(400);
      refusalSchema.parse(body);
    },
  );
});

describe("who may read", () => {
  const lists = ["/v1/bots", "/v1/funnels", "/v1/subscribers"] as const;

  it.each(lists)("%s is refused without a token, with a wrong one, and with one of another kind", async (path) => {
    const bare = await server.app.inject(bothelpApi + path);
    expect([bare.statusCode, refusalSchema.parse(bare.json()).error]).toEqual([401, "token_missing"]);
    expect(bare.headers["www-authenticate"]).toBe("Bearer");
    for (const token of ["wrong", account.tenant.token]) {
      const { status, body } = await get(path, token);
      expect([status, refusalSchema.parse(body).error]).toEqual([401, "token_invalid"]);
    }
  });

  it("another workspace's token sees nothing of this one", async () => {
    await account.aSubscriber();
    const referral = await account.aPublishedFlow();
    await account.tenant.call("POST", "/sequences", { body: { bot: account.tenant.bot.id, name: "x" } });
    const { token } = await aBothelpAccount(server);
    expect(await readBoth("/v1/bots", token)).toEqual([]);
    expect(await readBoth("/v1/funnels", token)).toEqual([]);
    expect(await listSubscribers("", token)).toEqual({ data: [] });
    expect((await get(`/v1/bots/${referral}/steps`, token)).status).toBe(404);
  });

  it("a token that is bound to a bot sees that bot's things alone", async () => {
    const { tenant } = account;
    const { id } = await account.aSubscriber();
    const referral = await account.aPublishedFlow();
    const second = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    const other = await tenant.mintToken({ kind: "bothelp", botId: second.id });
    const own = await tenant.mintToken({ kind: "bothelp", botId: tenant.bot.id });
    expect(await readBoth("/v1/bots", own)).toMatchObject([{ referral }]);
    expect(await readBoth("/v1/bots", other)).toEqual([]);
    expect((await listSubscribers("", own)).data).toMatchObject([{ id }]);
    expect((await listSubscribers("", other)).data).toEqual([]);
  });
});

describe("the door itself", () => {
  it("refuses a page of another origin, as BotHelp does", async () => {
    const preflight = await server.app.inject({
      method: "OPTIONS",
      url: `${bothelpApi}/v1/bots/`,
      headers: { origin: "https://shop.example", "access-control-request-method": "GET" },
    });
    expect(preflight.statusCode).toBeGreaterThanOrEqual(400);
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });

  it("says in its own shape that there is nothing, and which methods there are", async () => {
    const missing = await get("/v1/nothing");
    expect([missing.status, refusalSchema.parse(missing.body).error]).toEqual([404, "request_not_found"]);
    const wrong = await account.call("PUT", "/v1/bots");
    expect([wrong.status, refusalSchema.parse(wrong.body).error]).toEqual([405, "request_method_not_allowed"]);
  });

  it("answers a GET that comes with a body, as the SDK sends it, and the next call on the same connection", async () => {
    const { port } = new URL(await server.app.listen({ port: 0, host: "127.0.0.1" }));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const read = async (path: string) =>
      await new Promise<{ status: number | undefined; body: string; reused: boolean }>((resolve, reject) => {
        const headers = {
          authorization: `Bearer ${account.token}`,
          "content-type": "application/json",
          "content-length": 2,
        };
        const call = request({ port, agent, path: bothelpApi + path, method: "GET", headers }, (answer) => {
          const parts: Buffer[] = [];
          answer.on("data", (part: Buffer) => parts.push(part));
          answer.on("end", () =>
            resolve({ status: answer.statusCode, body: Buffer.concat(parts).toString(), reused: call.reusedSocket }),
          );
        });
        call.on("error", reject);
        call.end("[]");
      });
    expect(await read("/v1/subscribers?")).toEqual({ status: 200, body: '{"data":[]}', reused: false });
    expect(await read("/v1/funnels/")).toEqual({ status: 200, body: "[]", reused: true });
    agent.destroy();
  });

  it("limits a token's requests a second and says when to come back", async () => {
    const narrow = await testServer({ requestsPerSecond: 3 });
    try {
      const { call } = await aBothelpAccount(narrow);
      const answers = await Promise.all(Array.from({ length: 12 }, () => call("GET", "/v1/bots")));
      const refused = answers.filter(({ status }) => status === 429);
      // A second may have passed in between.
      expect(refused.length).toBeGreaterThanOrEqual(6);
      expect(refusalSchema.parse(refused[0]?.body).error).toBe("token_too_fast");
    } finally {
      await narrow.close();
    }
  });
});
