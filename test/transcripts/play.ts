import { expect } from "vitest";
import type { Happening } from "../../src/model/event.ts";
import type { FlowDocument } from "../../src/model/flow.ts";
import type { MessageContent } from "../../src/model/message.ts";
import type { Fact } from "../../src/model/outcome.ts";
import type { Submission, SubmitReply } from "../../src/shell/submission.ts";
import { parseDuration } from "../../src/simulator/duration.ts";
import { requireFlow, unpublishFlow } from "../../src/store/flow-store.ts";
import { loadVariables } from "../../src/store/snapshot-store.ts";
import { findDuePositions } from "../../src/store/timer-store.ts";
import { loadContacts } from "../../src/store/world-store.ts";
import type { FakeSend } from "../fake-channel.ts";
import { type Shop, type TestShell, untilSent } from "../shell.ts";
import type { ExpectedMessage, Line } from "./transcript.ts";

/** Plays one person's conversation, line by line. */
export function createPerson(shell: TestShell, shop: Shop, person: string) {
  const { database, clock, platform } = shell;
  const { db } = database;
  let last: Submission | undefined;
  let count = 0;
  let contactId: number | undefined;
  let seenFacts = 0;

  const received = (): readonly FakeSend[] =>
    platform.sends.filter((send) => send.channelId === shop.channelId && send.recipient === person);

  async function submit(submission: Submission): Promise<SubmitReply> {
    const reply = await shell.shell.submit(submission);
    contactId ??= reply.contactId;
    return reply;
  }

  async function happen(happening: Happening): Promise<SubmitReply> {
    count += 1;
    clock.pass(10);
    last = shop.from(person, happening, `${person}-${count}`);
    return await submit(last);
  }

  /** Every wait that ends until then ends at its own time. */
  async function passTime(ms: number): Promise<void> {
    const target = clock.now() + ms;
    for (;;) {
      const next = await nextWake();
      if (next === undefined || next > target) break;
      clock.set(Math.max(clock.now(), next));
      for (const { id, contactId: whose } of await findDuePositions(db, clock.now(), 100)) {
        await submit({ target: { contactId: whose }, happening: { kind: "timer", positionId: id }, source: "timer" });
      }
      await untilSent(shell);
    }
    clock.set(target);
  }

  async function nextWake(): Promise<number | undefined> {
    const row = await db
      .selectFrom("positions")
      .select("wakeAt")
      .where("contactId", "=", contactId ?? 0)
      .where("wakeAt", "is not", null)
      .orderBy("wakeAt")
      .executeTakeFirst();
    return row?.wakeAt?.getTime();
  }

  /** The payload behind a title, of the latest message that shows it. */
  function press(title: string): Happening {
    const { content } = received().findLast(({ content }) => titlesOf(content).has(title)) ?? {};
    const payload = content === undefined ? undefined : titlesOf(content).get(title);
    if (payload === undefined) throw new Error(`no message had a button "${title}"`);
    return { kind: "button", payload, title };
  }

  async function act({ do: actions, by = "api" }: Line): Promise<SubmitReply> {
    const target = contactId === undefined ? { channelId: shop.channelId, externalId: person } : { contactId };
    clock.pass(10);
    return await submit({ target, happening: { kind: "actions", actions: actions ?? [] }, source: by });
  }

  async function publish(change: NonNullable<Line["publish"]>): Promise<void> {
    const { draft } = await requireFlow(db, { workspaceId: shop.workspaceId }, change.flow);
    const replaced = new Set([...change.remove, ...change.steps.map(({ ref }) => ref)]);
    const document: FlowDocument = {
      ...draft,
      steps: [...draft.steps.filter(({ ref }) => !replaced.has(ref)), ...change.steps],
      edges: change.edges ?? draft.edges,
    };
    await shop.publish(change.flow, document);
  }

  const takers: { readonly [K in keyof Line]?: (line: Line) => Promise<SubmitReply | undefined> } = {
    start: ({ start }) => happen({ kind: "start", payload: start ?? undefined }),
    say: ({ say }) => happen({ kind: "message", message: { externalId: `m${count}`, text: say, attachments: [] } }),
    send: ({ send }) => happen({ kind: "message", message: { externalId: `m${count}`, attachments: send ?? [] } }),
    edit: ({ edit }) =>
      happen({ kind: "message_edited", message: { externalId: `m${count - 1}`, text: edit, attachments: [] } }),
    press: ({ press: title = "" }) => happen(press(title)),
    block: () => happen({ kind: "blocked" }),
    unblock: () => happen({ kind: "unblocked" }),
    wait: async ({ wait = "" }) => {
      await passTime(parseDuration(wait) ?? Number.NaN);
      return undefined;
    },
    do: act,
    publish: async ({ publish: change }) => {
      if (change !== undefined) await publish(change);
      return undefined;
    },
    unpublish: async ({ unpublish: flow = "" }) => {
      await db.transaction().execute((trx) => unpublishFlow(trx, { workspaceId: shop.workspaceId }, flow));
      return undefined;
    },
    again: () => submit(last as Submission),
  };

  async function newFacts(): Promise<Fact[]> {
    const rows = await db
      .selectFrom("events")
      .select("facts")
      .where("contactId", "=", contactId ?? 0)
      .orderBy("id")
      .execute();
    const facts = rows.flatMap(({ facts }) => facts).slice(seenFacts);
    seenFacts += facts.length;
    return facts;
  }

  async function saidSoFar(): Promise<string[]> {
    const rows = await db
      .selectFrom("messages")
      .select("content")
      .where("contactId", "=", contactId ?? 0)
      .where("direction", "=", "in")
      .orderBy("id")
      .execute();
    return rows.map(({ content }) => content.text ?? "");
  }

  return {
    async play(line: Line): Promise<void> {
      const before = received().length;
      const [name] = Object.keys(takers).filter((key) => line[key as keyof Line] !== undefined) as (keyof Line)[];
      if (name === undefined) throw new Error(`nothing happens in ${JSON.stringify(line)}`);
      const reply = await takers[name]?.(line);
      await untilSent(shell);
      const where = JSON.stringify({ [name]: line[name] });
      const said = received().slice(before);
      expect(
        said.map(({ content }, index) => present(content, line.bot[index])),
        where,
      ).toEqual(line.bot);
      expect(reply?.status === "refused" ? reply.code : undefined, where).toBe(line.refused);
      await check(line, where);
    },
  };

  async function check({ check: expected = {} }: Line, where: string): Promise<void> {
    const facts = await newFacts();
    const [loaded] = await loadContacts(db, [contactId ?? 0]);
    const contact = loaded?.contact;
    const shown = {
      tags: [...(contact?.tags ?? [])].sort(),
      labels: [...(contact?.labels ?? [])].sort(),
      sequences: [...(contact?.sequences ?? [])].sort(),
      fields: contact?.fields,
      profile: only(expected.profile, { ...contact?.profile }, null),
      utm: contact?.utm,
      entry: contact?.entry?.variables,
      variables: only(expected.variables, (await loadVariables(db, [shop.botId])).get(shop.botId) ?? {}, null),
      positions: (contact?.positions ?? []).map(({ step, waitsFor }) => `${step} ${waitsFor}`).sort(),
      errors: facts.flatMap((fact) => (fact.kind === "error" ? fact.code : [])),
      ended: facts.flatMap((fact) => (fact.kind === "position_ended" && fact.reason !== "finished" ? fact.reason : [])),
      skipped: facts.flatMap((fact) => (fact.kind === "message_skipped" ? fact.reason : [])),
      notes: (
        await db
          .selectFrom("notes")
          .select("text")
          .where("contactId", "=", contactId ?? 0)
          .orderBy("id")
          .execute()
      ).map(({ text }) => text),
      said: await saidSoFar(),
      optedOut: contact?.optedOutAt !== undefined,
      blocked: contact?.identities.some(({ status }) => status === "blocked") ?? false,
    };
    const keys = new Set(["errors", ...Object.keys(expected)]);
    const wanted = { errors: [], ...expected };
    const sorted = { ...wanted, ...sortLists(wanted) };
    expect(Object.fromEntries(Object.entries(shown).filter(([key]) => keys.has(key))), where).toEqual(sorted);
  }
}

const unordered = ["tags", "labels", "sequences", "positions"] as const;

function sortLists(expected: NonNullable<Line["check"]>) {
  return Object.fromEntries(
    unordered.flatMap((key) => (expected[key] === undefined ? [] : [[key, [...expected[key]].sort()]])),
  );
}

/** The named keys of a record. */
function only(wanted: object | undefined, record: Readonly<Record<string, unknown>>, absent: unknown) {
  return Object.fromEntries(Object.keys(wanted ?? {}).map((key) => [key, record[key] ?? absent]));
}

function titlesOf({ buttons, quickReplies }: MessageContent): ReadonlyMap<string, string> {
  const presses = buttons.flatMap((button) => (button.type === "press" ? [button] : []));
  return new Map([...presses, ...quickReplies].map(({ title, payload }) => [title, payload]));
}

/** A message in the form in which it is expected. */
function present(
  { text = "", buttons, quickReplies, attachments }: MessageContent,
  expected: ExpectedMessage | undefined,
) {
  const isBare = buttons.length === 0 && quickReplies.length === 0 && attachments.length === 0;
  if (isBare && typeof expected !== "object") return text;
  return {
    text,
    buttons: buttons.map((button) => (button.type === "url" ? `${button.title} > ${button.url}` : button.title)),
    quickReplies: quickReplies.map(({ title }) => title),
    media: attachments.map(({ kind, url }) => `${kind} ${url}`),
  };
}
