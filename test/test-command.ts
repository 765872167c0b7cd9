import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { runCli } from "../src/app/cli/run-cli.ts";
import { testCommand } from "../src/app/cli/test.ts";

/** A shop: each way in which a conversation can go on begins with a word of its own. */
export const shopBot = `kind: repartee-bot
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

/** Runs the command over one file of conversations, beside a file of that bot; `place` is their folder. */
export async function run(conversations: string, words: readonly string[] = [], botText = shopBot) {
  const place = mkdtempSync(path.join(tmpdir(), "rp-test-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  writeFileSync(path.join(place, "bot.yaml"), botText);
  writeFileSync(path.join(place, "a.conversation.yaml"), conversations);
  return { ...(await type([place, ...words])), place };
}

/** Types `repartee test` and words behind it. */
export async function type(words: readonly string[]) {
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

/** A file with one conversation, "It". `more`: lines before its script. */
export const one = (script: string, more = "") => `bot: bot.yaml
conversations:
  - title: It
${more}    script:
${script.replace(/^/gm, "      ")}
`;
