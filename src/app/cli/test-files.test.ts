import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { one, run, shopBot } from "../../../test/test-command.ts";
import { parseConversationFile } from "../conversation-tests/read-conversations.ts";

describe("a file of conversations", () => {
  it.each([
    [
      "texts, buttons and attachments",
      `- start: null
  bot: [{ text: "Hello, you!", buttons: [More, Site > https://example.com] }]
- press: More
  bot: [More of it., { matches: "^A .*\\\\.$", attachments: ["image https://example.com/a.png"] }]
- press: More
  bot: { some: [{ attachments: [image] }] }`,
    ],
    [
      "an entry link",
      `- link: spring
  bot: [{ contains: Hello }]
  check: { facts: [{ kind: entry, link: spring }], positions: { with: [hello], without: [main/later] } }`,
    ],
    [
      "a request that is answered by a sample, then by another",
      `- say: price
  answers: [{ step: ask, body: { price: 7 } }, { step: main/ask, status: 500 }]
  bot: [It costs 7.]
  check: { fields: { size: 7 }, requests: ["POST https://api.example.com/prices/?key=<shop>"] }
- say: price
  bot: [Nobody knows.]
  check: { errors: [request.failed, request.no_json] }`,
    ],
    [
      "a query that is answered by a sample",
      `- say: find
  answers: [{ step: find, result: { contacts: [{ name: Ada }] } }]
  check: { fields: { city: Ada } }`,
    ],
    [
      "a script that is really run, and one that is not",
      `- say: script
  check: { fields: { city: "script!" } }
- say: script
  answers: [{ step: script, fields: { city: Rome } }]
  check: { fields: { city: Rome } }`,
    ],
    [
      "a tag from outside that starts a flow",
      `- do: [{ action: add_tag, args: { tag: vip } }]
  bot: [Welcome to the club.]
  check: { tags: [vip], labels: [], sequences: [], variables: { price: 5 } }`,
    ],
    [
      "a sequence, whose messages come in their time and whose waits are no positions",
      `- do: [{ action: subscribe_sequence, args: { sequence: tips } }]
  bot: nothing
  check: { sequences: [tips], positions: [] }
- after: 1 day
  bot: nothing
- after: 1 hour
  bot: [A tip.]
  check: { sequences: [], facts: [{ kind: sequence_finished, sequence: tips }] }`,
    ],
    [
      "an action that is refused",
      `- do: [{ action: subscribe_sequence, args: { sequence: nothing } }]
  refused: nothing`,
    ],
    [
      "a picture, a number, a place, a block",
      `- send: [{ kind: image, url: "https://example.com/b.png" }]
  say: Look
  bot: nothing
- share: { phone: "+4930123456" }
  bot: nothing
- share: { latitude: 1.5, longitude: 2 }
  bot: nothing
- block: true
  check: { blocked: true, facts: [{ kind: channel_blocked }] }`,
    ],
  ])("understands %s", async (_what, script) => {
    const { code, out, err } = await run(one(script));
    expect(`${out}${err}`).toContain("Conversations: 1 passed.");
    expect(code).toBe(0);
  });

  it("lets the clock go on by spans and to moments, on the contact's own clock", async () => {
    const script = `- say: wait
  bot: nothing
- at: 2026-07-02T08:59
  bot: nothing
- after: 1 minute
  bot: [Good morning.]
- at: 2026-07-01T00:00`;
    const { code, out, place } = await run(
      one(script, "    at: 2026-07-01T12:00\n    contact: { timeZone: Asia/Tokyo }\n"),
    );
    expect(code).toBe(1);
    expect(out).toContain(`${place}/a.conversation.yaml:13  -- at 2026-07-01T00:00`);
    expect(out).toContain("the clock stands at 2026-07-02T00:00:00.000Z already");
  });

  it("takes the branch of a split that the seed decides, each time the same, or that the contact has", async () => {
    const script = "- say: split\n  bot: [{ contains: Branch }]";
    const branches = await Promise.all(
      [1, 1, 2, 3, 4, 5, 6].map(async (seed) => {
        const { out } = await run(one(script.replace("contains: Branch", "text: '?'")), ["--seed", String(seed)]);
        return /Branch (.)/.exec(out)?.[1];
      }),
    );
    expect(branches[0]).toBe(branches[1]);
    expect(new Set(branches)).toEqual(new Set(["a", "b"]));
    for (const branch of ["a", "b"]) {
      const given = `    contact: { splits: { main/split: ${branch} } }\n`;
      expect((await run(one(script.replace("{ contains: Branch }", `Branch ${branch}.`), given))).code).toBe(0);
    }
  });

  it("understands the example of the documentation, but for the bot that it names", async () => {
    const page = readFileSync(new URL("../../../docs/flows-as-code.md", import.meta.url), "utf8");
    const example = /```yaml\n(bot:[^`]*)```/.exec(page)?.[1] ?? "";
    expect(example).toContain("conversations:");
    expect(parseConversationFile("docs", example)).toMatchObject({ file: { bot: "../bots/shop" } });
  });

  it.each([
    ["- say: 5\n  bot: nothing", 5, 'write it in quotes, "5"'],
    ["- say: hi\n  bott: nothing", 6, 'there is no "bott" here'],
    ["- say: hi\n  bot: [{ contians: x }]", 6, 'there is no "contians" here'],
    ["- say: hi\n  press: More", 5, "say and press on one line"],
    ["- say: hi\n  bot: nothing\n- check: { tags: [] }", 7, "nothing happens on this line"],
    ["- start: null\n  check:\n    tags: [leed]", 7, 'the bot has no tag "leed": there are lead, vip'],
    ["- start: null\n  check: { positions: [main/helo] }", 6, 'the bot has no step in the flow "main" "helo"'],
    ["- start: null\n  check: { positions: [mian/hello] }", 6, 'the bot has no flow "mian": there are main'],
    ["- start: null\n  check: { fields: { size: big } }", 6, "number:"],
    ["- start: null\n  check: { fields: { town: Rome } }", 6, "there are city, size"],
    ["- start: null\n  check: { facts: [{ kind: tag_aded }] }", 6, 'no kind of fact "tag_aded"'],
    ["- link: winter\n  bot: nothing", 5, 'the bot has no entry link "winter": there are spring'],
    ["- do: [{ action: subscribe_sequence, args: { sequence: nothing } }]\n  bot: nothing", 5, "nothing"],
    ["- do: [{ action: ad_tag }]\n  bot: nothing", 5, 'there is no action "ad_tag"'],
    ["- after: a while\n  bot: nothing", 5, "write it as 2 days"],
    ["- at: tomorrow\n  bot: nothing", 5, "write it as 2026-12-24T10:00"],
    ["- say: hi\n  bot: [{ matches: '(' }]", 6, "matches:"],
    [
      "- say: hi\n  answers: [{ step: ask, result: 1 }]\n  bot: nothing",
      6,
      "the step is a request: its answer has status",
    ],
    ["- say: hi\n  answers: [{ step: hello, status: 200 }]\n  bot: nothing", 6, "asks no other system"],
    ["- say: hi", 3, "it expects nothing, so that it could not fail"],
    ["- say: [", 6, "this is no YAML"],
  ])("refuses %j, naming the line and what to write", async (script, line, message) => {
    const { code, out, place } = await run(one(script));
    expect(code).toBe(2);
    expect(out).toContain(`${place}/a.conversation.yaml:${line}: `);
    expect(out).toContain(message);
  });

  it("refuses a bot that is broken, or not there", async () => {
    const good = one("- start: null\n  bot: nothing");
    const broken = await run(
      good,
      [],
      shopBot.replace("{ from: later, output: next, to: morning }", "{ from: later, output: nxt, to: morning }"),
    );
    expect(broken.code).toBe(2);
    expect(broken.out).toMatch(/bot\.yaml:\d+: flow "main", step "later": the step has no output "nxt"/);
    const missing = await run(good.replace("bot.yaml", "nowhere.yaml"));
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.out).toContain("a.conversation.yaml:1: ");
    const draft = await run(
      one("- say: hi\n  check: { positions: [main/hello] }"),
      [],
      shopBot.replace("name: Main", "name: Main\n    isPublished: false"),
    );
    expect(draft.out).toContain('the flow "main" is only a draft');
  });
});
