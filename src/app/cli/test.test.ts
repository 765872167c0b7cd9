import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { one, run, shopBot, type } from "../../../test/test-command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("repartee test", () => {
  it("passes over the conversations of the demo bot, as a team would keep them", async () => {
    const { code, out } = await type([fileURLToPath(new URL("../../../demo", import.meta.url))]);
    expect(out).toContain("Conversations: 4 passed, 1 warning.");
    expect(out).toMatch(
      /bot\/flows\/demo\.yaml:\d+: flow "demo", step "gift": no way from the start leads to the step/,
    );
    expect(code).toBe(0);
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

  it("plays only conversations of that title, and says where there is none", async () => {
    const script = "- start: null\n  bot: nothing";
    expect((await run(one(script), ["--filter", "IT"])).out).toContain("1 failed");
    const nothing = await run(one(script), ["--filter", "Other"]);
    expect(nothing).toMatchObject({ code: 2 });
    expect(nothing.err).toContain('no conversation\'s title contains "Other"');
    const empty = mkdtempSync(path.join(folder, "empty-"));
    expect((await type([empty])).err).toContain("there is no *.conversation.yaml");
  });

  it("tells what publishing would warn of whichever file plays the bot, and fails over it with --strict alone", async () => {
    const step = `{ ref: lost, kind: action, config: { actions: [{ action: subscribe_sequence, args: { sequence: none } }] } }`;
    const warned = shopBot.replace(
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
