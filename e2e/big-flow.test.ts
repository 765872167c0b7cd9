import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { measureFrames, tellFluency } from "./frame-times.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const size = 500;
const rows = 25;

/** Twenty columns of steps of five kinds; each leads to the one beside it, and a message's buttons to those around that. */
function drawBigFlow() {
  const ref = (index: number) => `s${index}`;
  const kinds = [
    (index: number) => ({
      kind: "message",
      config: {
        messages: [
          {
            text: `Message ${index}: hello {{ contact.first_name }}, what would you like to know about this?`,
            buttons: [
              { id: "a", title: "Tell me more" },
              { id: "b", title: "Not now" },
            ],
          },
        ],
      },
    }),
    () => ({ kind: "question", config: { text: "What is your e-mail?", answer: { type: "email" } } }),
    (index: number) => ({ kind: "action", config: { actions: [{ action: "add_tag", args: { tag: `t${index}` } }] } }),
    () => ({ kind: "delay", config: { mode: "duration", amount: 1, unit: "days" } }),
    () => ({
      kind: "condition",
      config: { condition: { match: "all", rules: [{ subject: "profile", key: "email", operator: "is_set" }] } },
    }),
  ];
  const outputs = [["button:a", "button:b", "next"], ["answered", "invalid"], ["next"], ["next"], ["yes", "no"]];
  const steps = Array.from({ length: size }, (_, index) => ({
    ref: ref(index),
    name: `Step number ${index}`,
    at: { x: Math.floor(index / rows) * 340, y: (index % rows) * 200 },
    ...kinds[index % kinds.length]?.(index),
  }));
  const edges = steps.flatMap(({ ref: from }, index) =>
    (outputs[index % outputs.length] ?? []).map((output, turn) => ({
      from,
      output,
      to: ref(Math.min(size - 1, index + rows + turn)),
    })),
  );
  return { name: "Big", start: ref(0), steps, edges };
}

/** A flow of 500 steps stays as quick as a small one: only what is in sight is drawn, and only what changed is drawn anew. */
describe.skipIf(!hasBrowser)("a flow of 500 steps", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
    const call = callFrom(() => page);
    const document = drawBigFlow();
    const empty = { bot: "demo", ref: "big", document: { name: document.name } };
    const { draftRevision } = await call("POST", "/flows", empty);
    const made = await call("PUT", "/flows/big/draft", { draftRevision, document });
    expect(made.document?.steps?.length, JSON.stringify(made).slice(0, 500)).toBe(size);
  });

  afterAll(async () => {
    await admin?.close();
  });

  const box = (ref: string) => page.locator(`.react-flow__node[data-id="${ref}"]`);
  const boxes = () => page.locator(".react-flow__node-step");
  const say = (what: string, result: string) => process.stdout.write(`  500 steps, ${what}: ${result}\n`);

  /** Milliseconds from the click on the flow's name to the frame after the one that shows boxes and lines; and the page's work for it. */
  async function open(): Promise<string> {
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("link", { name: "Big" }).waitFor();
    await page.evaluate(() => {
      const times = window as unknown as { opened: number | undefined };
      times.opened = undefined;
      const begin = ({ timeStamp }: Event) => {
        const look = () => {
          const isDrawn = ["node", "edge"].every((kind) => document.querySelector(`.react-flow__${kind}`) !== null);
          if (!isDrawn) requestAnimationFrame(look);
          else
            requestAnimationFrame(() => {
              times.opened = performance.now() - timeStamp;
            });
        };
        look();
      };
      document.addEventListener("click", begin, { capture: true, once: true });
    });
    let opened = 0;
    const { work } = await measureFrames(page, async () => {
      await page.getByRole("link", { name: "Big" }).click();
      const look = () => page.evaluate(() => (window as unknown as { opened?: number }).opened);
      opened = await until("boxes and lines", look);
    });
    return `${opened.toFixed(0)} ms (${work.toFixed(0)} ms of work)`;
  }

  /**
   * Which boxes were drawn anew while `act` ran, of those that stayed in sight. React leaves the properties of an element's last
   * rendering on it; other properties: it was rendered again, whether or not anything on it changed.
   */
  async function drawnAnew(act: () => Promise<void>): Promise<{ readonly stayed: number; readonly refs: string[] }> {
    const before = await page.evaluateHandle(() => {
      const marks = (): Map<Element, unknown> =>
        new Map(
          [...document.querySelectorAll(".react-flow__node .step-box")].map((element) => {
            const key = Object.keys(element).find((name) => name.startsWith("__reactProps$"));
            if (key === undefined) throw new Error("React no longer marks its elements");
            return [element, (element as unknown as Record<string, unknown>)[key]];
          }),
        );
      return { old: marks(), marks };
    });
    await act();
    return await before.evaluate(({ old, marks }) => {
      const stayed = [...marks()].filter(([element]) => old.has(element));
      const anew = stayed.filter(([element, mark]) => old.get(element) !== mark);
      const refs = anew.map(([element]) => element.closest(".react-flow__node")?.getAttribute("data-id") ?? "");
      return { stayed: stayed.length, refs };
    });
  }

  const viewport = () => page.locator(".react-flow__viewport").evaluate((element) => element.style.transform);

  /** Presses at a place and draws circles for about two seconds, with real input. */
  async function drag(from: { readonly x: number; readonly y: number }, radius: number): Promise<void> {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    const begun = performance.now();
    for (let angle = 0; performance.now() - begun < 2_000; angle += 0.07) {
      await page.mouse.move(from.x - radius * (1 - Math.cos(angle)), from.y - radius * Math.sin(angle));
    }
    // A circle that was just closed would leave all where it was.
    await page.mouse.move(from.x - 2 * radius, from.y);
    await page.mouse.up();
  }

  it("opens with what is in sight alone", async () => {
    say("opened with nothing loaded", await open());
    say("opened once more", await open());
    await box("s0").waitFor();
    const count = await boxes().count();
    say("boxes drawn", `${count}, ${await page.locator(".react-flow__edge:not(.start-line)").count()} lines`);
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(60);
    const elements = await page.evaluate(() => document.querySelectorAll("*").length);
    say("elements in the page", String(elements));
    expect(elements).toBeLessThan(3_000);
  });

  it("moves under the mouse without drawing a box anew", async () => {
    await page.waitForLoadState("networkidle");
    const before = await viewport();
    const place = await emptyPlace();
    const { stayed, refs } = await drawnAnew(async () => {
      say("panned", tellFluency(await measureFrames(page, () => drag(place, 300))));
    });
    expect(stayed).toBeGreaterThan(5);
    expect(refs).toEqual([]);
    expect(await viewport()).not.toBe(before);
  });

  it("draws only the box that is dragged", async () => {
    await open();
    await page.waitForLoadState("networkidle");
    const from = await middleOf("s26");
    const before = await box("s26").boundingBox();
    const { stayed, refs } = await drawnAnew(async () => {
      say("a box dragged", tellFluency(await measureFrames(page, () => drag(from, 80))));
      await page.getByText("Saved", { exact: true }).waitFor();
    });
    expect(stayed).toBeGreaterThan(5);
    expect(refs).toEqual(["s26"]);
    expect(await box("s26").boundingBox()).not.toEqual(before);
  });

  it("draws only the box whose step is edited, also when that brings a problem", async () => {
    await box("s1").click();
    const text = page.getByLabel("Text", { exact: true });
    await text.waitFor();
    await page.waitForLoadState("networkidle");
    const edited = await drawnAnew(async () => {
      const typed = "What is the name of your dog?";
      await text.fill("");
      const { work } = await measureFrames(page, () => text.pressSequentially(typed));
      say("a text typed", `${(work / typed.length).toFixed(1)} ms of work a letter`);
      await box("s1").getByText("name of your dog?").waitFor();
    });
    expect(edited.stayed).toBeGreaterThan(5);
    expect(edited.refs).toEqual(["s1"]);
    const broken = await drawnAnew(async () => {
      await text.fill("");
      await box("s1").locator('.step-problem[data-severity="error"]').waitFor();
    });
    expect(broken.refs).toEqual(["s1"]);
  });

  it("goes to the other end by its map, which is two shapes and not 500", async () => {
    await open();
    const map = page.getByRole("img", { name: "Map of the flow" });
    expect(await map.locator("*").count()).toBe(2);
    const { x, y, width, height } = (await map.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width * 0.2, y + height * 0.15);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.9, y + height * 0.98, { steps: 10 });
    await page.mouse.up();
    await until("the far end", async () => (await box("s499").count()) === 1 && (await box("s0").count()) === 0);
    const before = await viewport();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.wheel(0, -300);
    await until("another zoom", async () => (await viewport()) !== before);
    expect(await boxes().count()).toBeLessThan(60);
  });

  it("complains about nothing", () => {
    expect(admin.tab.complaints).toEqual([]);
  });

  /** A place on the screen where nothing but the canvas itself can be taken hold of. */
  async function emptyPlace(): Promise<{ readonly x: number; readonly y: number }> {
    return await page.evaluate(() => {
      const isPane = (x: number, y: number) => document.elementFromPoint(x, y)?.matches(".react-flow__pane");
      for (let y = 120; y < 880; y += 10) {
        for (let x = 900; x < 1400; x += 10) if (isPane(x, y) === true) return { x, y };
      }
      throw new Error("boxes and lines cover everything");
    });
  }

  async function middleOf(ref: string): Promise<{ readonly x: number; readonly y: number }> {
    const { x, y } = (await box(ref).locator(".step-title").boundingBox()) ?? { x: 0, y: 0 };
    return { x: x + 20, y: y + 8 };
  }
});
