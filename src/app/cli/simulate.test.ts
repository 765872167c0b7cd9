import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";
import { simulate } from "./simulate.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-simulate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
const flow = write(
  "flow.yaml",
  `name: Echo
start: a
steps:
  - { ref: a, kind: question, config: { text: "Who?", answer: { type: text }, saveTo: { profile: name } } }
  - { ref: b, kind: message, config: { messages: [{ text: "Hello, {{ contact.name }}!" }] } }
edges:
  - { from: a, output: answered, to: b }
`,
);

async function type(words: readonly string[], input = "") {
  let out = "";
  let err = "";
  const terminal = {
    stdin: Readable.from([input]),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  const code = await runCli(["simulate", ...words], terminal, [simulate], "0");
  return { code, out, err };
}

describe("repartee simulate", () => {
  it("plays what is typed, line by line", async () => {
    const typed = await type([flow], "Ada\n:quit\nnever read\n");
    expect(typed).toEqual({ code: 0, out: "bot: Who?\nbot: Hello, Ada!\n   * name = Ada\n", err: "" });
  });

  it("plays a script, showing its lines and passing over its comments", async () => {
    const script = write("script.txt", "# who comes\nAda\n\n:quit\n");
    expect((await type([flow, "--script", script])).out).toBe(
      "bot: Who?\nyou: Ada\nbot: Hello, Ada!\n   * name = Ada\nyou: :quit\n",
    );
  });

  it("sells what a file says is for sale, and changes an order as the shop would", async () => {
    const shop = write(
      "shop.yaml",
      `name: Shop
start: a
triggers: [{ kind: start }, { kind: order_status, status: paid, step: c }]
steps:
  - { ref: a, kind: action, config: { actions: [{ action: add_to_cart, args: { variant: TEE, quantity: 2 } }] } }
  - { ref: b, kind: question, config: { text: "Buy?", answer: { type: text } } }
  - { ref: d, kind: action, config: { actions: [{ action: check_out_cart, args: { status: ordered } }] } }
  - { ref: c, kind: message, config: { messages: [{ text: "Thank you!" }] } }
edges: [{ from: a, output: next, to: b }, { from: b, output: answered, to: d }]
`,
    );
    const products = write(
      "goods.yaml",
      "products: [{ name: T-shirt, variants: [{ sku: TEE, price: 2500, currency: EUR }] }]\n",
    );
    const lines = ":shop\nyes\n:shop\n:order 1 payed\n:order 1 paid\n:order 2 paid\n";
    const { out } = await type([shop, "--products", products], lines);
    expect(out.split("\n")).toEqual([
      "bot: Buy?",
      "   * cart: 2 items",
      "   * cart: 2 × T-shirt; 50.00 EUR",
      "   * order 1: ordered",
      "   * cart: 0 items",
      "   * cart: nothing",
      "   * order 1 (ordered): 2 × T-shirt; 50.00 EUR",
      expect.stringContaining('"payed" is no status of an order; there are ordered, paid'),
      "bot: Thank you!",
      "   * order 1: paid",
      expect.stringContaining('the contact has no order "2"'),
      "",
    ]);
    const broken = write("broken.yaml", "products:\n  - { name: T-shirt, variants: [{ price: -1, currency: EUR }] }\n");
    const refused = await type([shop, "--products", broken]);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain("broken.yaml:2: products.0.variants.0.price");
  });

  it("tells the whole play as JSON", async () => {
    const { out } = await type([flow, "--json", "--at", "2026-01-05T09:00:00Z"], "Ada\n");
    const { turns, contact } = JSON.parse(out);
    expect(turns).toHaveLength(2);
    expect(turns[0].at).toBe(Date.UTC(2026, 0, 5, 9));
    expect(contact.profile).toEqual({ name: "Ada" });
  });

  it.each([
    ["missing.yaml", undefined, "cannot be read (ENOENT)"],
    ["broken.yaml", "a: [", "neither JSON nor YAML"],
    ["other.yaml", "name: 5\n", "this is not a flow"],
  ])("refuses %s with a sentence", async (name, text, reason) => {
    const file = text === undefined ? path.join(folder, name) : write(name, text);
    const { code, err } = await type([file]);
    expect(code).toBe(1);
    expect(err).toContain(reason);
  });
});
