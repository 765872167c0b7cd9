import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import { aUchatTenant, type UchatTenant } from "../../../../test/uchat-door.ts";
import { tokenCreate } from "../../../app/cli/token-create.ts";
import { endpoints } from "./endpoints.ts";

let server: TestServer;
let mine: UchatTenant;
let other: UchatTenant;
/** Of one bot, with the scope Manage Team. */
let token: string;
/** A bot of the same workspace beside it, and a subscriber there. */
let secondBot: number;
let secondUserNs: string;
beforeAll(async () => {
  server = await testServer();
  mine = await aUchatTenant(server);
  other = await aUchatTenant(server);
  token = await mine.mintToken({ kind: "uchat", botId: mine.bot.id, scopes: ["*", "team"] });
  secondBot = (await mine.call("POST", "/bots", { body: { name: "Second" } })).json().id;
  const made = await mine.call("POST", "/contacts", { body: { bot: secondBot, name: "Bea" } });
  secondUserNs = `f${secondBot}u${made.json().id}`;
});
afterAll(() => server.close());

const teamReads = endpoints.filter(
  ({ scope, method, path }) => scope === "team" && method === "GET" && !path.includes("{"),
);
const namesOf = (answer: { json(): { data: { name: string }[] } }) => answer.json().data.map(({ name }) => name);

describe("a bot's token with the scope team", () => {
  it.each(teamReads.map(({ path }) => path))("opens %s, which the same without it does not", async (path) => {
    // What is not offered here, and what lacks an argument, is refused as such.
    expect((await mine.door(`GET ${path}`, {}, token)).statusCode).toBeOneOf([200, 400, 422]);
    expect((await mine.door(`GET ${path}`, {}, mine.botToken)).statusCode).toBe(403);
  });

  it("sees all bots there, of its own workspace alone", async () => {
    const flows = (await mine.door("GET /team-flows", {}, token)).json().data;
    expect(flows.map(({ flow_ns }: { flow_ns: string }) => flow_ns)).toEqual([`f${mine.bot.id}`, `f${secondBot}`]);
    const people = await mine.door("GET /team-bot-users", {}, token);
    expect(namesOf(people).sort()).toEqual(["Ann Lee", "Bea"]);
    const foreign = await mine.door("GET /shop/orders", { user_ns: other.userNs }, token);
    expect([foreign.statusCode, foreign.json().message]).toEqual([400, expect.stringContaining("no subscriber")]);
    const label = (await other.door("POST /team/create-label", { name: "theirs" }, other.teamToken)).json();
    expect(namesOf(await mine.door("GET /team/labels", {}, token))).not.toContain("theirs");
    expect((await mine.door("DELETE /team/delete-label", { id: label.id }, token)).statusCode).toBe(400);
    expect(namesOf(await other.door("GET /team/labels", {}, other.teamToken))).toContain("theirs");
  });

  it("stays with its bot on all other endpoints", async () => {
    expect((await mine.door("GET /subscriber/get-info", { user_ns: mine.userNs }, token)).statusCode).toBe(200);
    for (const user_ns of [secondUserNs, other.userNs]) {
      expect((await mine.door("GET /subscriber/get-info", { user_ns }, token)).statusCode).toBe(400);
      const tagged = await mine.door("POST /subscriber/add-tag-by-name", { user_ns, tag_name: "vip" }, token);
      expect(tagged.statusCode).toBe(400);
    }
    expect(namesOf(await mine.door("GET /subscribers", {}, token))).toEqual(["Ann Lee"]);
    const bound = await mine.mintToken({ kind: "uchat", botId: secondBot, scopes: ["*", "team"] });
    expect(namesOf(await mine.door("GET /subscribers", {}, bound))).toEqual(["Bea"]);
  });

  it("may do there what its other scopes say, and no more", async () => {
    const reader = await mine.mintToken({ kind: "uchat", botId: mine.bot.id, scopes: ["read", "team"] });
    expect((await mine.door("GET /team/labels", {}, reader)).statusCode).toBe(200);
    expect((await mine.door("POST /team/create-label", { name: "mine" }, reader)).statusCode).toBe(403);
    expect((await mine.door("POST /team/create-label", { name: "mine" }, token)).statusCode).toBe(200);
    const alone = await mine.mintToken({ kind: "uchat", botId: mine.bot.id, scopes: ["team"] });
    expect((await mine.door("GET /team/labels", {}, alone)).statusCode).toBe(403);
  });
});

describe("the scope team", () => {
  const make = (body: object, maker = mine.token) =>
    mine.call("POST", "/tokens", { body: { name: "n", kind: "uchat", bot: mine.bot.id, ...body }, token: maker });

  it("is given by who makes a token, and only where they say so", async () => {
    const made = (await make({ scopes: ["*", "team"] })).json();
    expect(made).toMatchObject({ botId: mine.bot.id, scopes: ["*", "team"] });
    expect((await mine.door("GET /team-info", {}, made.token)).statusCode).toBe(200);
    const without = (await make({})).json();
    expect(without.scopes).toEqual(["*"]);
    expect((await mine.door("GET /team-info", {}, without.token)).statusCode).toBe(403);
  });

  it("is for UChat's tokens, and needs to be told what they may do", async () => {
    for (const body of [
      { kind: "chatbot", scopes: ["*", "team"] },
      { kind: "api", scopes: ["team"] },
      { scopes: ["team"] },
    ]) {
      const answer = await make(body);
      expect([answer.statusCode, answer.json().error.code]).toEqual([422, "request.invalid"]);
    }
  });

  it("is not given by a token that is bound to a bot itself", async () => {
    const bound = await mine.mintToken({ botId: mine.bot.id });
    const answer = await make({ scopes: ["*", "team"] }, bound);
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, "token.bot_bound"]);
    expect((await make({}, bound)).statusCode).toBe(201);
  });

  it("is given on the command line", async () => {
    const run = async (given: object) => {
      const options = { workspace: mine.workspace.domain, kind: "uchat", bot: mine.bot.ref, ...given };
      const parsed = tokenCreate.options.parse(options);
      return (await tokenCreate.run({ database: server.database } as never, parsed as never)).text;
    };
    const status = async (given: object) => (await mine.door("GET /team-info", {}, await run(given))).statusCode;
    expect([await status({ team: true }), await status({ scopes: "read,team" }), await status({})]).toEqual([
      200, 200, 403,
    ]);
    await expect(run({ kind: "chatbot", team: true })).rejects.toThrow("UChat");
    await expect(run({ scopes: "team" })).rejects.toThrow("beside team");
  });
});
