/** Something that a stream tells, in a form that goes from tab to tab. */
export interface News {
  readonly kind: string;
  readonly data: string;
}

/** What becomes of a page: the browser may stop it and wake it again later. */
export interface PageLife {
  /** Whether somebody can see it. */
  isSeen(): boolean;
  /** Returns the function that ends the listening. */
  listen(heard: { readonly sleep: () => void; readonly wake: () => void; readonly look: () => void }): () => void;
}

interface Sharing {
  /** Tabs that give the same name share one stream; whose news must not mix need names of their own. */
  readonly name: string;
  /** Opens the stream; returns the function that closes it. */
  readonly connect: (tell: (news: News) => void) => () => void;
  readonly heard: (news: News) => void;
  /** News may have been lost meanwhile: nobody told them to this tab. */
  readonly missed: () => void;
  readonly page: PageLife;
  /** Milliseconds between two questions whether the leader still lives, and how long its answer may take. */
  readonly askEveryMs?: number;
  readonly answerMs?: number;
}

type Word = { readonly says: "news"; readonly news: News } | { readonly says: "who leads" } | { readonly says: "me" };

/** Whether tabs of this browser can share; locks are missing where a page came by plain HTTP from another machine. */
export const canShare = (): boolean =>
  typeof BroadcastChannel !== "undefined" && typeof navigator !== "undefined" && navigator.locks !== undefined;

/**
 * One stream for all tabs of a browser that give the same name: whoever holds the lock of that name leads, has the stream and hands its news on. The browser gives the lock to the next
 * one when the leader is closed, crashes or is put to sleep. A tab that somebody looks at asks now and then whether the leader still speaks, and takes the lock from one that does not.
 * Returns the function that ends this tab's part.
 */
export function shareStream(sharing: Sharing): () => void {
  const { name, connect, heard, missed, page, askEveryMs = 20_000, answerMs = 3_000 } = sharing;
  const channel = new BroadcastChannel(name);
  const tell = (word: Word) => channel.postMessage(word);
  let state: "awake" | "asleep" | "over" = "awake";
  let isTakingOver = false;
  let attempt = new AbortController();
  /** Only of the leader: closes the stream and gives the lock back. */
  let resign: (() => void) | undefined;
  let wakeUp: (() => void) | undefined;
  let doubt: ReturnType<typeof setTimeout> | undefined;

  const lead = () =>
    new Promise<void>((resolve) => {
      if (state !== "awake") return resolve();
      const close = connect((news) => {
        tell({ says: "news", news });
        heard(news);
      });
      resign = () => {
        resign = undefined;
        close();
        resolve();
      };
    });
  const stand = async () => {
    while (state !== "over") {
      if (state === "asleep") await new Promise<void>((resolve) => (wakeUp = resolve));
      attempt = new AbortController();
      const how = isTakingOver ? { steal: true } : { signal: attempt.signal };
      isTakingOver = false;
      await navigator.locks.request(name, how, lead).catch(expectAbort);
      // The lock was taken away.
      resign?.();
    }
  };
  const trust = () => {
    clearTimeout(doubt);
    doubt = undefined;
  };
  const ask = () => {
    if (state !== "awake" || resign !== undefined || doubt !== undefined || !page.isSeen()) return;
    tell({ says: "who leads" });
    doubt = setTimeout(() => {
      doubt = undefined;
      if (state !== "awake" || resign !== undefined) return;
      isTakingOver = true;
      attempt.abort();
    }, answerMs);
  };
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.says === "who leads") {
      if (resign !== undefined) tell({ says: "me" });
      return;
    }
    trust();
    if (data.says === "news") heard(data.news);
  };
  // A tab that sleeps must neither hold the lock nor wait for it: it would be given what it cannot use.
  const sleep = () => {
    if (state !== "awake") return;
    state = "asleep";
    trust();
    resign?.();
    attempt.abort();
  };
  const wake = () => {
    if (state !== "asleep") return;
    state = "awake";
    wakeUp?.();
    missed();
  };
  const unlisten = page.listen({ sleep, wake, look: ask });
  const asking = setInterval(ask, askEveryMs);
  // Without locks that work there is no leader to wait for.
  let closeOwn: (() => void) | undefined;
  stand().catch(() => {
    if (state !== "over") closeOwn = connect(heard);
  });
  return () => {
    state = "over";
    trust();
    clearInterval(asking);
    unlisten();
    resign?.();
    closeOwn?.();
    attempt.abort();
    wakeUp?.();
    channel.close();
  };
}

/** What a request for a lock is rejected with when it was given up, or when another took the lock. */
function expectAbort(thrown: unknown): void {
  if (!(thrown instanceof DOMException && thrown.name === "AbortError")) throw thrown;
}
