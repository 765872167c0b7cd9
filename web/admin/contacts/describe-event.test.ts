import type { TFunction } from "i18next";
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { en } from "../words/en.ts";
import { describeEvent, describeFact, describeSource, isLook, noNames } from "./describe-event.ts";

let t: TFunction;

beforeAll(async () => {
  t = await i18next
    .createInstance()
    .init({ lng: "en", resources: { en: { translation: en } }, interpolation: { escapeValue: false } });
});

const event = (kind: string, payload: unknown, facts: readonly object[] = []) =>
  ({
    id: "1",
    kind,
    payload,
    facts,
    failed: null,
    source: "channel",
    at: "2026-01-01T00:00:00Z",
  }) as unknown as EventBody;

describe("who came by an entry link", () => {
  const came = event("start", { payload: "jftt4bfn" }, [{ kind: "entry", payload: "jftt4bfn", link: "jftt4bfn" }]);
  const names = { ...noNames, link: () => "Facebook May" };

  it("is told by the link's name", () => {
    expect(describeEvent(t, came, names)).toBe("Opened the entry link “Facebook May”");
    expect(came.facts.map((fact) => describeFact(t, fact, names))).toEqual(["Came by the link “Facebook May”"]);
  });

  it("is told by what the link carried, where it is none of ours", () => {
    const other = event("start", { payload: "promo" }, [{ kind: "entry", payload: "promo" }]);
    expect(describeEvent(t, other, names)).toBe("Started promo");
    expect(other.facts.map((fact) => describeFact(t, fact, names))).toEqual(["Came by a link with promo"]);
  });
});

describe("an order that was changed", () => {
  const changed = (before: string) => ({ kind: "order_changed", order: 7, before, status: "shipped" });

  it("is told by where it stands now, or only that it was, where it stands as before", () => {
    expect(describeFact(t, changed("paid"))).toBe("Order 7: Paid → Shipped");
    expect(describeFact(t, changed("shipped"))).toBe("Order 7 changed");
  });
});

describe("what data in a link says", () => {
  it("is told in words, as on the contact's card", () => {
    const payload = Buffer.from('{"e":"ann@example.com","v":{"course":"Chess"}}').toString("base64url");
    const came = event("start", { payload }, [{ kind: "entry", payload }]);
    expect(describeEvent(t, came)).toBe("Started E-mail: ann@example.com, course: Chess");
    expect(came.facts.map((fact) => describeFact(t, fact))).toEqual([
      "Came by a link with E-mail: ann@example.com, course: Chess",
    ]);
  });
});

describe("actions for many at once", () => {
  const many = (...names: string[]) => ({
    ...event("actions", { actions: names.map((action) => ({ action })) }),
    source: "broadcast",
  });

  it("are a broadcast only where they send something", () => {
    expect(describeSource(t, many("add_tag"), noNames)).toBe("a bulk change");
    expect(describeSource(t, many("add_tag", "send_message"), noNames)).toBe("a broadcast");
  });

  it("are told in one sentence, each once", () => {
    const names = { ...noNames, action: (name: string) => ({ add_tag: "Add a tag", ban: "Ban" })[name] ?? "CRM deal" };
    expect(describeEvent(t, many("add_tag", "ban", "ban", "crm"), names)).toBe("Add a tag, ban, and CRM deal");
  });
});

describe("what the team did", () => {
  it("to a conversation is told by the state that it came to", () => {
    const names = { ...noNames, action: () => "Close the conversation, or reopen it" };
    const move = (status: string) => event("actions", { actions: [{ action: "move_conversation", args: { status } }] });
    expect(["done", "open", "parked"].map((status) => describeEvent(t, move(status), names))).toEqual([
      "Close the conversation",
      "Open the conversation again",
      "Close the conversation, or reopen it",
    ]);
  });

  it("is told by what was said, where that is all", () => {
    const say = (content: unknown) => event("actions", { actions: [{ action: "send_message", args: { content } }] });
    expect(describeEvent(t, say("It is ready"))).toBe("Sent: It is ready");
    expect(describeEvent(t, { ...say("Hi {{ contact.nmae }}!"), sent: ["Hi !"] })).toBe("Sent: Hi !");
    expect(describeEvent(t, say({ text: "With a picture" }))).toBe("Sent: With a picture");
    expect(describeEvent(t, say({ text: "", attachments: [{}] }))).toBe("send_message");
  });

  it("is a look alone where somebody only read", () => {
    const done = (action: string, ...facts: string[]) =>
      event(
        "actions",
        { actions: [{ action }] },
        facts.map((kind) => ({ kind })),
      );
    expect(isLook(done("mark_read", "marked_read"))).toBe(true);
    expect(isLook(done("mark_read", "marked_read", "conversation_moved"))).toBe(false);
    expect(isLook(done("add_tag", "tag_added"))).toBe(false);
  });
});
