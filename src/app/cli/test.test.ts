import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parseConversationFile } from "../conversation-tests/read-conversations.ts";
import { runCli } from "./run-cli.ts";
import { testCommand } from "./test.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const bot = `kind: repartee-bot
ref: shop
name: Shop
tags: [lead, vip]
labels: [ask]
fields:
  - { key: city, name: City, kind: text }
  - { key: size, name: Size, kind: number }
variables:
  - { key: price, name: Price, kind: number, value: 5 }
sequences:
  - ref: tips
    name: Tips
    steps: [{ ref: one, delay: { mode: after, amount: 1, unit: days, time: "10:00" }, content: { kind: message, content: A tip. } }]
entryLinks: [{ ref: spring, name: Spring, payload: spring, flow: main }]
flows:
  - ref: main
    name: Main
    start: hello
    triggers:
      - { kind: start }
      - { kind: keyword, words: [price], step: ask }
      - { kind: keyword, words: [wait], step: later }
      - { kind: keyword, words: [split], step: split }
      - { kind: keyword, words: [find], step: find }
      - { kind: keyword, words: [script], step: script }
      - { kind: tag_added, tag: vip, step: welcome }
    steps:
      - { ref: hello, kind: message, config: { messages: [{ text: "Hello, {{ contact.first_name | default: 'you' }}!", buttons: [{ id: more, title: More }, { id: site, title: Site, url: "https://example.com" }] }] } }
      - { ref: more, kind: message, config: { messages: [{ text: More of it. }, { text: A picture., attachments: [{ kind: image, url: "https://example.com/a.png" }] }] } }
      - ref: ask
        kind: request
        config:
          method: POST
          url: https://api.example.com/prices/{{ contact.first_name }}?key={{ secrets.shop }}
          save: [{ from: body, path: $.price, field: size }]
      - { ref: told, kind: message, config: { messages: [{ text: "It costs {{ fields.size }}." }] } }
      - { ref: untold, kind: message, config: { messages: [{ text: Nobody knows. }] } }
      - { ref: later, kind: delay, config: { mode: until_time, time: "09:00" } }
      - { ref: morning, kind: message, config: { messages: [{ text: Good morning. }] } }
      - { ref: split, kind: split, config: { branches: [{ id: a, weight: 50 }, { id: b, weight: 50 }] } }
      - { ref: a, kind: message, config: { messages: [{ text: Branch a. }] } }
      - { ref: b, kind: message, config: { messages: [{ text: Branch b. }] } }
      - { ref: find, kind: query, config: { query: find_contacts_by_phone, args: { phone: "+49301234567" }, save: [{ path: "$.contacts[0].name", field: city }] } }
      - { ref: script, kind: script, config: { code: "fields.city = (message?.text ?? '') + '!'; return 'next'" } }
      - { ref: welcome, kind: message, config: { messages: [{ text: Welcome to the club. }] } }
    edges:
      - { from: hello, output: "button:more", to: more }
      - { from: ask, output: success, to: told }
      - { from: ask, output: failure, to: untold }
      - { from: later, output: next, to: morning }
      - { from: split, output: "branch:a", to: a }
      - { from: split, output: "branch:b", to: b }
`;

/** Runs the command over one file of conversations, beside a file of that bot. */
async function run(conversations: string, words: readonly string[] = [], botText = bot) {
  files += 1;
  const place = path.join(folder, String(files));
  mkdirSync(place);
  writeFileSync(path.join(place, "bot.yaml"), botText);
  writeFileSync(path.join(place, "a.conversation.yaml"), conversations);
  return { ...(await type([place, ...words])), place };
}

async function type(words: readonly string[]) {
  let out = "";
  let err = "";
  const terminal = {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const code = await runCli(["test", ...words], terminal, [testCommand], "0");
  return { code, out, err };
}

const one = (script: string, more = "") => `bot: bot.yaml
conversations:
  - title: It
${more}    script:
${script.replace(/^/gm, "      ")}
`;

describe("repartee test", () => {
  it("passes over the conversations of the demo bot, as a team would keep them", async () => {
    const { code, out } = await type([fileURLToPath(new URL("../../../demo", import.meta.url))]);
    expect(out).toContain("Conversations: 4 passed, 1 warning.");
    expect(out).toMatch(/bot\/flows\/demo\.yaml:\d+: flow "demo", step "gift": nothing leads to the step/);
    expect(code).toBe(0);
  });

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

  it("says of what failed where, what was expected, what was said, and all until then; and goes on", async () => {
    const { code, out, place } = await run(`bot: bot.yaml
conversations:
  - title: First
    script:
      - start: null
      - press: More
        bot: [More of it., A photo.]
        check: { tags: [lead], fields: { city: Rome }, optedOut: true }
      - say: never played
  - title: Second
    script:
      - start: null
        bot: [{ contains: Hello }]
  - title: Third
    script:
      - start: null
      - press: Less
        bot: nothing
`);
    expect(code).toBe(1);
    expect(out).toBe(`${place}/a.conversation.yaml
  FAIL  First
        ${place}/a.conversation.yaml:6  you: [More]
          the bot said something else
              More of it.
            - A photo.
            + A picture.
            + <image https://example.com/a.png>
          tags: expected lead; there are none
          field city: expected "Rome"; is no value
          expected the contact to be opted out

        What was said until then:
          -- the chat is opened
          bot: Hello, you!
               (1) More
               (2) Site -> https://example.com
          you: [More]
          bot: More of it.
          bot: [image] https://example.com/a.png
               A picture.

  ok    Second
  FAIL  Third
        ${place}/a.conversation.yaml:17  you: [Less]
          no message so far has a button "Less"; there are "More"

        What was said until then:
          -- the chat is opened
          bot: Hello, you!
               (1) More
               (2) Site -> https://example.com
          you: [Less]


Conversations: 1 passed, 2 failed.
`);
  });

  it.each([
    [
      "a request without an answer",
      "- say: price\n  bot: nothing",
      'the file has no answer for it: add "answers: [{ step: main/ask',
    ],
    ["an error that nobody expects", "- say: price\n  answers: [{ step: ask, timeout: true }]", "request.timeout"],
    ["an action that is refused", "- do: [{ action: opt_in }]\n  refused: because", "it was done"],
    ["a page that opens", "- start: null\n- press: Site\n  bot: nothing", '"Site" opens a page'],
    ["words where there should be none", "- start: null\n  bot: nothing", "the bot should have said nothing"],
    ["silence", "- say: hm\n  bot: [What?]", "the bot said nothing"],
    [
      "a fact that is none",
      "- start: null\n  check: { facts: [{ kind: flow_started, step: ask }] }",
      'no fact {"kind":"flow_started"',
    ],
  ])("fails over %s", async (_what, script, reason) => {
    const { code, out } = await run(one(`${script}\n- say: x\n  bot: nothing`));
    expect(out).toContain(reason);
    expect(code).toBe(1);
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
      bot.replace("{ from: later, output: next, to: morning }", "{ from: later, output: nxt, to: morning }"),
    );
    expect(broken.code).toBe(2);
    expect(broken.out).toMatch(/bot\.yaml:\d+: flow "main", step "later": the step has no output "nxt"/);
    const missing = await run(good.replace("bot.yaml", "nowhere.yaml"));
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.out).toContain("a.conversation.yaml:1: ");
    const draft = await run(
      one("- say: hi\n  check: { positions: [main/hello] }"),
      [],
      bot.replace("name: Main", "name: Main\n    isPublished: false"),
    );
    expect(draft.out).toContain('the flow "main" is only a draft');
  });

  it("plays only conversations of that title, and says where there is none", async () => {
    const script = "- start: null\n  bot: nothing";
    expect((await run(one(script), ["--filter", "IT"])).out).toContain("1 failed");
    const nothing = await run(one(script), ["--filter", "Other"]);
    expect(nothing).toMatchObject({ code: 2 });
    expect(nothing.err).toContain('no conversation\'s title contains "Other"');
    const empty = mkdtempSync(path.join(folder, "empty-"));
    expect((await type([empty])).err).toContain("there is no *.conversation.yaml");
  });

  it("understands the example of the documentation, but for the bot that it names", async () => {
    const page = readFileSync(new URL("../../../docs/flows-as-code.md", import.meta.url), "utf8");
    const example = /```yaml\n(bot:[^`]*)```/.exec(page)?.[1] ?? "";
    expect(example).toContain("conversations:");
    expect(parseConversationFile("docs", example)).toMatchObject({ file: { bot: "../bots/shop" } });
  });

  it("tells what publishing would warn of whichever file plays the bot, and fails over it with --strict alone", async () => {
    const step = `{ ref: lost, kind: action, config: { actions: [{ action: subscribe_sequence, args: { sequence: none } }] } }`;
    const warned = bot.replace(
      "    edges:\n",
      `      - ${step}\n    edges:\n      - { from: hello, output: next, to: lost }\n`,
    );
    const line = warned.split("\n").findIndex((text) => text.includes("ref: lost")) + 1;
    const good = one("- say: nobody hears this\n  bot: nothing");
    const junit = path.join(folder, "warned.xml");
    const loose = await run(good, ["--junit", junit], warned);
    expect(loose.code).toBe(0);
    expect(loose.out).toContain(
      `${loose.place}/bot.yaml:${line}: flow "main", step "lost": there is no sequence with the ref "none"`,
    );
    expect(loose.out).toContain("Conversations: 1 passed, 1 warning.");
    expect(readFileSync(junit, "utf8")).toMatch(/failures="0" errors="0">\n {4}<system-out>warning: .*step &quot;lost/);
    const strict = await run(good, ["--strict", "--json", "--junit", junit], warned);
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.out)).toMatchObject({ warnings: [{ file: `${strict.place}/bot.yaml`, line }] });
    expect(readFileSync(junit, "utf8")).toContain('tests="1" failures="1"');
    expect((await run(good, ["--strict"])).code).toBe(0);
  });

  it("tells programs in JSON and in JUnit's XML", async () => {
    const junit = path.join(folder, "junit.xml");
    const { out, code, place } = await run(one("- start: null\n  bot: ['<&\">']"), ["--json", "--junit", junit]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      problems: [],
      results: [{ file: `${place}/a.conversation.yaml`, title: "It", line: 3, failedLine: 5, failure: { index: 0 } }],
    });
    const xml = readFileSync(junit, "utf8");
    expect(xml).toContain('tests="1" failures="1" errors="0"');
    expect(xml).toContain("- &lt;&amp;&quot;&gt;");
  });
});
