import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../../test/until.ts";
import { type News, type PageLife, shareStream } from "./shared-stream.ts";

/** A tab of a browser: Node's locks and channels are the browser's, the stream is one that the test speaks for. */
function openTab(name: string, { askEveryMs = 60_000, isSeen = true } = {}) {
  const tab = {
    heard: [] as string[],
    missed: 0,
    /** Undefined: it has no stream. */
    say: undefined as ((news: News) => void) | undefined,
    streams: 0,
    isSeen,
    life: undefined as Parameters<PageLife["listen"]>[0] | undefined,
  };
  const close = shareStream({
    name,
    connect(tell) {
      tab.streams += 1;
      tab.say = tell;
      return () => {
        tab.say = undefined;
      };
    },
    heard: ({ data }) => void tab.heard.push(data),
    missed: () => {
      tab.missed += 1;
    },
    page: {
      isSeen: () => tab.isSeen,
      listen(life) {
        tab.life = life;
        return () => undefined;
      },
    },
    askEveryMs,
    answerMs: 20,
  });
  return Object.assign(tab, { close });
}
type Tab = ReturnType<typeof openTab>;

describe("a stream that tabs share", () => {
  let name: string;
  let tabs: Tab[];
  beforeEach(() => {
    name = randomUUID();
    tabs = [];
  });
  afterEach(() => {
    for (const tab of tabs) tab.close();
  });
  const open = (options?: Parameters<typeof openTab>[1], of = name) => {
    const tab = openTab(of, options);
    tabs.push(tab);
    return tab;
  };
  const leaders = () => tabs.filter(({ say }) => say !== undefined);
  const findLeader = async (what: string) => {
    await until(what, () => leaders().length === 1);
    return leaders()[0] as Tab;
  };
  const expectHeard = async (data: string, by: readonly Tab[]) => {
    await until(`${data} is heard`, () => by.every(({ heard }) => heard.includes(data)));
  };

  it("is one, and all of them hear its news once", async () => {
    for (let n = 0; n < 8; n += 1) open();
    const leader = await findLeader("one leads");
    leader.say?.({ kind: "contacts", data: "a" });
    leader.say?.({ kind: "contacts", data: "b" });
    await expectHeard("b", tabs);
    for (const { heard } of tabs) expect(heard).toEqual(["a", "b"]);
    expect(tabs.reduce((sum, { streams }) => sum + streams, 0)).toBe(1);
  });

  it("is another's when the leader is closed", async () => {
    for (let n = 0; n < 3; n += 1) open();
    const first = await findLeader("one leads");
    first.close();
    const second = await findLeader("another leads");
    expect(second).not.toBe(first);
    second.say?.({ kind: "open", data: "again" });
    await expectHeard(
      "again",
      tabs.filter((tab) => tab !== first),
    );
    expect(first.heard).toEqual([]);
  });

  it("is another's when the leader is put to sleep, and nothing is given to one that sleeps", async () => {
    const [one, other] = [open(), open()];
    const first = await findLeader("one leads");
    const second = first === one ? other : one;
    first.life?.sleep();
    await until("the other leads", () => second.say !== undefined);
    expect(first.say).toBeUndefined();
    second.close();
    const third = open();
    await until("a third leads", () => third.say !== undefined);
    expect(first.streams).toBe(1);
    first.life?.wake();
    expect(first.missed).toBe(1);
    third.say?.({ kind: "contacts", data: "awake" });
    await expectHeard("awake", [first]);
  });

  it("is taken from a leader that does not answer, by a tab that somebody looks at", async () => {
    // Held as by a page that was stopped without a word.
    let isTaken = false;
    const silent = navigator.locks.request(name, () => new Promise<void>(() => undefined));
    const held = silent.catch((thrown: Error) => {
      isTaken = thrown.name === "AbortError";
    });
    const hidden = open({ askEveryMs: 5, isSeen: false });
    const seen = open({ askEveryMs: 5 });
    await until("the seen one leads", () => seen.say !== undefined);
    await held;
    expect(isTaken).toBe(true);
    expect(hidden.streams).toBe(0);
  });

  it("stays with a leader that answers, and closes that of one whose lock was taken", async () => {
    const leader = open();
    await findLeader("it leads");
    const ear = new BroadcastChannel(name);
    let answers = 0;
    ear.onmessage = ({ data }: { data: { says: string } }) => {
      if (data.says === "me") answers += 1;
    };
    open({ askEveryMs: 5 });
    await until("it has answered many times", () => answers > 10);
    ear.close();
    expect([leader.say === undefined, leader.streams]).toEqual([false, 1]);
    await navigator.locks.request(name, { steal: true }, async () => {
      await until("its stream is closed", () => leader.say === undefined);
    });
    await findLeader("somebody leads again");
  });

  it("is not shared with those of another name", async () => {
    const [mine, theirs] = [open(), open(undefined, randomUUID())];
    await until("both lead", () => leaders().length === 2);
    mine.say?.({ kind: "contacts", data: "mine" });
    theirs.say?.({ kind: "contacts", data: "theirs" });
    await expectHeard("theirs", [theirs]);
    await expectHeard("mine", [mine]);
    expect([mine.heard, theirs.heard]).toEqual([["mine"], ["theirs"]]);
  });
});
