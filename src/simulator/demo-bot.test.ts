import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, demoServer } from "../../test/demo-server.ts";
import { until } from "../../test/until.ts";
import { openPage, openSession } from "../../test/webchat.ts";
import type { VisitorAct } from "../http/contract/webchat.ts";
import type { Contact } from "../model/contact.ts";
import type { FlowDocument } from "../model/flow.ts";
import type { OutgoingButton, QuickReply } from "../model/message.ts";
import { inventContact } from "./invent-contact.ts";
import { Simulation } from "./simulation.ts";
import { type ReadBot, toSimulatedBot, toVariables } from "./to-bot.ts";

/** What the visitor does; `press` names a title of the latest messages, `wait` is in milliseconds. */
type Line =
  | { readonly start: string | undefined }
  | { readonly say: string }
  | { readonly press: string }
  | { readonly wait: number };

/** A message as the visitor sees it. */
interface Seen {
  readonly text?: string | undefined;
  readonly attachments: readonly unknown[];
  readonly buttons: readonly OutgoingButton[];
  readonly quickReplies: readonly QuickReply[];
}

interface Play {
  /** The bot's messages that this line brought. */
  play(line: Line): Promise<readonly Seen[]>;
  contact(): Promise<Contact>;
}

let server: DemoServer;
beforeAll(async () => {
  server = await demoServer();
});
afterAll(() => server.close());

const day = 86_400_000;
/** Base64 of an e-mail address and a course, as the README's link has it. */
const invitation = Buffer.from('{"e":"ada@example.com","v":{"course":"Chess"}}').toString("base64url");

const scripts: Readonly<Record<string, readonly Line[]>> = {
  "without a link, with wrong answers, a label and a second round": [
    { start: undefined },
    { say: "what?" },
    { press: "A sales funnel" },
    { say: "not an address" },
    { say: "ada@example.com" },
    { wait: 3_000 },
    { press: "Call me back" },
    { say: "what is the meaning of life" },
    { press: "Once more, please" },
    { say: "a newsletter" },
    { wait: 3_000 },
  ],
  "by an entry link that the workspace has, until the questions give up": [
    { start: "chess" },
    { say: "no" },
    { say: "nor that" },
    { say: "a" },
    { say: "b" },
    { say: "c" },
    { wait: 3_000 },
    { say: "restart" },
    { press: "A help desk" },
  ],
  "by an invite link, silent for a day, and back again": [
    { start: invitation },
    { wait: day },
    { say: "hello" },
    { press: "A newsletter" },
    { say: "restart" },
    { press: "A help desk" },
    { wait: 3_000 },
    { start: "chess" },
  ],
};

/** Through the web chat's own door, as a visitor's page does it. */
async function playOnServer(): Promise<Play> {
  const { database, clock, call } = server;
  const { token } = await openSession(server, { ref: "demo" });
  const page = await openPage(server, { ref: "demo" }, token);
  const before = await idOfNewest("contacts");
  let acts = 0;
  let seen = 0;
  let contactId: number | undefined;

  async function idOfNewest(table: "contacts" | "messages"): Promise<number> {
    const row = await database.db
      .selectFrom(table)
      .select(({ fn }) => fn.max("id").as("id"))
      .executeTakeFirst();
    return Number(row?.id ?? 0);
  }
  const contact = () => call<Contact>("GET", `/contacts/${contactId}/snapshot`);

  function toAct(line: Exclude<Line, { wait: number }>): VisitorAct {
    acts += 1;
    const id = `act${acts}`;
    if ("start" in line) return { kind: "start", id, payload: line.start };
    if ("say" in line) return { kind: "text", id, text: line.say };
    return { kind: "button", id, ...findChoice(page.messages(), line.press) };
  }

  return {
    contact,
    async play(line) {
      if ("wait" in line) {
        clock.pass(line.wait);
        const isPast = ({ wakeAt = Number.POSITIVE_INFINITY }) => wakeAt <= clock.now();
        await until("the wait's end", async () => !(await contact()).positions.some(isPast));
      } else {
        expect(await page.act(toAct(line))).toMatchObject({ type: "ack" });
        contactId ??= await idOfNewest("contacts");
        expect(contactId).toBeGreaterThan(before);
      }
      // What it led to is stored by now; the page hears of it a moment later.
      const newest = await idOfNewest("messages");
      await until("all messages", () => (page.messages().at(-1)?.id ?? 0) >= newest);
      const said = page.messages().filter(({ id, direction }) => id > seen && direction === "out");
      seen = newest;
      return said;
    },
  };
}

/** As the simulator of the flow builder does it, with what the same server tells it of the bot. */
async function playInBrowser(): Promise<Play> {
  const bot = await server.call<ReadBot>("GET", "/bots/demo/snapshot");
  const { draft } = await server.call<{ draft: FlowDocument }>("GET", "/flows/demo");
  const channel = { id: 2 ** 40, kind: "webchat" };
  const at = server.clock.now();
  const invented = { botId: bot.id, channelId: channel.id, channelKind: channel.kind, at };
  const simulation = new Simulation({
    bot: toSimulatedBot(bot, { ref: "demo", document: draft }, channel),
    contact: inventContact(invented),
    variables: toVariables(bot),
    channelId: channel.id,
    isNew: true,
    at,
    seed: 1,
    answerJob: async () => undefined,
  });
  const shown: Seen[] = [];
  const turnsOf = (line: Line) => {
    if ("wait" in line) return simulation.jump(line.wait);
    if ("start" in line) return simulation.handle({ kind: "start", payload: line.start });
    if ("say" in line) return simulation.handle({ kind: "message", message: { text: line.say, attachments: [] } });
    return simulation.handle({ kind: "button", ...findChoice(shown, line.press) });
  };
  return {
    contact: async () => simulation.contact,
    async play(line) {
      const said = (await turnsOf(line)).flatMap(({ messages }) => messages.map(({ content }) => content));
      shown.push(...said);
      return said;
    },
  };
}

function findChoice(shown: readonly Seen[], title: string): { readonly payload: string; readonly title: string } {
  const choices = shown.flatMap(({ buttons, quickReplies }) => [
    ...buttons.filter((button) => button.type === "press"),
    ...quickReplies,
  ]);
  const found = choices.findLast((choice) => choice.title === title);
  if (found === undefined) throw new Error(`nothing to press is called "${title}"`);
  return { payload: found.payload, title };
}

/** A button's payload names the position that it belongs to, and positions are named by events: their ids are no one's promise. */
function present({ text, attachments, buttons, quickReplies }: Seen) {
  return {
    text,
    attachments,
    buttons: buttons.map((button) => (button.type === "url" ? [button.title, button.url] : button.title)),
    quickReplies: quickReplies.map(({ title }) => title),
  };
}

/** All that `advance` knows of somebody but the ids, and where they stand to the millisecond. */
function presentContact(contact: Contact) {
  const { tags, labels, fields, sequences, profile, utm, entry, splits, optedOutAt, positions } = contact;
  const standing = positions.map(({ id: _id, channelId: _channel, ...position }) => position);
  return { tags, labels, fields, sequences, profile, utm, entry, splits, optedOutAt, positions: standing };
}

const withoutAbsent = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe("the demo bot in the simulator", () => {
  it.each(Object.entries(scripts))("is, after every line, what it is in the web chat: %s", async (_name, script) => {
    const browser = await playInBrowser();
    const real = await playOnServer();
    let said = 0;
    for (const line of script) {
      const where = JSON.stringify(line);
      const [heard, played] = [await real.play(line), await browser.play(line)];
      said += heard.length;
      expect(withoutAbsent(played.map(present)), where).toEqual(withoutAbsent(heard.map(present)));
      const [stored, simulated] = [await real.contact(), await browser.contact()];
      expect(withoutAbsent(presentContact(simulated)), where).toEqual(withoutAbsent(presentContact(stored)));
    }
    expect(said).toBeGreaterThan(script.length);
  });

  it("goes through every step of the flow in these scripts, but for the one that only other systems lead to", async () => {
    const { draft } = await server.call<{ draft: FlowDocument }>("GET", "/flows/demo");
    const rows = await server.database.db.selectFrom("events").select("facts").execute();
    const entered = new Set(
      rows.flatMap(({ facts }) => facts.flatMap((fact) => (fact.kind === "step_entered" ? [fact.step] : []))),
    );
    expect(draft.steps.map(({ ref }) => ref).filter((ref) => !entered.has(ref))).toEqual(["gift"]);
  });
});
