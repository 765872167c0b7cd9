import { setTimeout as sleep } from "node:timers/promises";
import type { TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";

/** For how long the flow lets a sleeper wait. */
export const napMs = 5_000;
const sleeperIds = 20_000;

/** Texts that the stand-in got, each with the times of its coming (Unix ms), read as they come. */
export function indexCalls(standIn: TelegramStandIn) {
  const times = new Map<string, number[]>();
  let read = 0;
  return {
    timesOf(person: number, text: string): readonly number[] {
      for (; read < standIn.calls.length; read += 1) {
        const call = standIn.calls[read];
        if (call?.method !== "sendMessage") continue;
        const key = `${call.payload.chat_id} ${call.payload.text}`;
        times.set(key, [...(times.get(key) ?? []), call.at]);
      }
      return times.get(`${person} ${text}`) ?? [];
    },
  };
}

/** A wait that was acknowledged. */
export interface Nap {
  readonly person: number;
  readonly text: string;
  /** When it was first sent, and when it was acknowledged: what was written before an answer got lost is known again later. Unix milliseconds. */
  readonly sentAt: number;
  readonly ackedAt: number;
}

export const sleepFlow = {
  name: "Nap",
  triggers: [{ kind: "keyword", match: "contains", words: ["nap "], interrupts: true }],
  start: "note",
  steps: [
    {
      ref: "note",
      kind: "action",
      config: { actions: [{ action: "set_field", args: { field: "nap", value: "{{ message.text }}" } }] },
    },
    { ref: "wait", kind: "delay", config: { mode: "duration", amount: napMs / 1000, unit: "seconds" } },
    { ref: "wake", kind: "message", config: { messages: [{ text: "woke from {{ fields.nap }}" }] } },
  ],
  edges: [
    { from: "note", output: "next", to: "wait" },
    { from: "wait", output: "next", to: "wake" },
  ],
};

/** People who ask for a nap, are woken, and ask for the next. */
export function startSleepers(standIn: TelegramStandIn, calls: ReturnType<typeof indexCalls>, people: number) {
  const naps: Nap[] = [];
  let isOver = false;
  let updateId = 50_000_000;

  async function live(person: number): Promise<void> {
    for (let count = 1; !isOver; count += 1) {
      const text = `nap ${count}`;
      updateId += 1;
      const update = {
        update_id: updateId,
        message: {
          ...{ message_id: count, date: 0, text },
          from: { id: person, is_bot: false, first_name: `S${person}` },
          chat: { id: person, type: "private" },
        },
      };
      const sentAt = Date.now();
      while ((await standIn.push(update).catch(() => undefined))?.status !== 200) await sleep(50);
      naps.push({ person, text, sentAt, ackedAt: Date.now() });
      while (!isOver && calls.timesOf(person, `woke from ${text}`).length === 0) await sleep(50);
    }
  }

  const lives = Array.from({ length: people }, (_, index) => live(sleeperIds + index));
  return {
    naps,
    async stop() {
      isOver = true;
      await Promise.all(lives);
    },
  };
}

/** A program of the user's: it counts on contacts, and repeats each call under its key until it is answered. */
export function startCallers(base: string, token: string, contacts: readonly string[], each: number) {
  const counted = new Map<string, number>();
  let isOver = false;

  async function count(contact: string, caller: number): Promise<void> {
    for (let nth = 0; !isOver; nth += 1) {
      const body = JSON.stringify({
        action: "set_field",
        args: { field: "counted", value: "{{ fields.counted | default: 0 | plus: 1 }}" },
      });
      const call = async () => {
        const response = await fetch(`${base}/api/v1/contacts/${contact}/actions`, {
          method: "POST",
          headers: {
            ...{ authorization: `Bearer ${token}`, "content-type": "application/json" },
            "idempotency-key": `${contact}-${caller}-${nth}`,
          },
          body,
        }).catch(() => undefined);
        await response?.arrayBuffer().catch(() => undefined);
        return response?.status;
      };
      for (let status = await call(); status !== 200; status = await call()) {
        if (status !== undefined && status < 500 && status !== 429) throw new Error(`a call was refused: ${status}`);
        await sleep(100);
      }
      counted.set(contact, (counted.get(contact) ?? 0) + 1);
      await sleep(200);
    }
  }

  const running = contacts.flatMap((contact) => Array.from({ length: each }, (_, caller) => count(contact, caller)));
  return {
    counted,
    async stop() {
      isOver = true;
      await Promise.all(running);
    },
  };
}
