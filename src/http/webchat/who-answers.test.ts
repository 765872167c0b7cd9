import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import {
  aChatBot,
  type ChatBot,
  openSession,
  start,
  text,
  visitorPages,
  type WebchatServer,
  webchatServer,
} from "../../../test/webchat.ts";
import type { Json } from "../../model/field.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import type { FeedBody, HistoryBody } from "../contract/webchat.ts";

let database: TestDatabase;
let server: WebchatServer;
let bot: ChatBot;
const { aPage } = visitorPages(() => ({ server, bot }));

beforeAll(async () => {
  database = await testDatabase();
  server = await webchatServer(database);
});
beforeEach(() => server.clock.pass(60_000));
afterAll(async () => {
  await server.stop();
  await database.close();
});

let people = 0;
/** A chat in which a member of such a name, or a program, has answered a visitor; what the visitor's page hears. */
async function answered(name: string | undefined, settings: Readonly<Record<string, Json>> = {}) {
  bot = await aChatBot(database, settings);
  const { token } = await openSession(server, bot);
  const page = await aPage(token);
  await page.act(start("s1"));
  await page.act(text("t1", "How much?"));
  people += 1;
  const member = async (called: string) => {
    const userId = await createUser(database.db, { email: `p${people}@example.com`, name: called, passwordHash: "x" });
    return (await joinWorkspace(database.db, bot.workspaceId, userId, "agent")).id;
  };
  const by = name === undefined ? undefined : await member(name);
  const { contactId } = await database.db
    .selectFrom("identities")
    .select("contactId")
    .where("channelId", "=", bot.channelId)
    .executeTakeFirstOrThrow();
  const actions = [{ action: "send_message", args: { content: "Ten.", author: "agent" } }];
  await server.shell.submit({ target: { contactId }, happening: { kind: "actions", actions }, source: "api", by });
  const messages = await page.has(4);
  return { token, speakers: messages.map(({ text: said, from }) => [said, from]), last: messages.at(-1)?.from };
}

describe("whoever answers a visitor", () => {
  it("is named: the bot as it is called, a member by the first name; the visitor is not", async () => {
    const { speakers } = await answered("Ann Lee");
    expect(speakers).toEqual([
      ["Hello!", { kind: "bot", name: "Ann's shop" }],
      ["How much?", undefined],
      ["re: How much?", { kind: "bot", name: "Ann's shop" }],
      ["Ten.", { kind: "agent", name: "Ann" }],
    ]);
  });

  it("is named by whichever way the page asks", async () => {
    const { token } = await answered("Ann Lee");
    const ask = async <T>(path: string, query: Readonly<Record<string, string>>) => {
      const response = await fetch(
        `${server.url}/webchat/${bot.ref}/${path}?${new URLSearchParams({ token, ...query })}`,
      );
      return (await response.json()) as T;
    };
    const feed = await ask<FeedBody>("messages", {});
    const history = await ask<HistoryBody>("history", { before: "1000000" });
    for (const { messages } of [feed, history]) expect(messages.at(-1)?.from).toEqual({ kind: "agent", name: "Ann" });
  });

  it("is told of as the settings say", async () => {
    expect((await answered("Ann Lee", { agentNames: "full_name" })).last).toEqual({ kind: "agent", name: "Ann Lee" });
    expect((await answered("Ann Lee", { agentNames: "team" })).last).toEqual({ kind: "agent" });
  });

  it("has no name where there is none, where it is an e-mail, or where a program writes", async () => {
    for (const name of ["", "ann@example.com", undefined]) {
      expect((await answered(name)).last).toEqual({ kind: "agent" });
    }
  });
});
