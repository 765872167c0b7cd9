import type { TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import type { ServerProcess } from "./server-process.ts";

/** An update that was acknowledged. */
export interface Acknowledged {
  readonly person: number;
  readonly count: number;
  /** Unix milliseconds. */
  readonly at: number;
}

const token = "123456:ABCDEFGHIJKLMNOP";

/** Connects the stand-in to the server's demo bot, with a flow that tells back what was said. Gives a token of the API. */
export async function setUpEcho(server: ServerProcess, standIn: TelegramStandIn): Promise<string> {
  const apiToken = await server.run("token", "create", "--workspace", "demo", "--kind", "api");
  const call = async (method: string, path: string, body: object) => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { ref: string };
  };
  await call("POST", "/channels", {
    bot: "demo",
    kind: "telegram",
    name: "Echo",
    settings: { token, apiRoot: standIn.url, perChatPerSecond: 100, chatBurst: 1000, bulkPerSecond: 1000 },
  });
  const { ref } = await call("POST", "/flows", {
    bot: "demo",
    document: {
      name: "Echo",
      triggers: [{ kind: "keyword", match: "contains", words: ["say "], interrupts: true }],
      start: "tag",
      steps: [
        { ref: "tag", kind: "action", config: { actions: [{ action: "add_tag", args: { tag: "spoke" } }] } },
        { ref: "echo", kind: "message", config: { messages: [{ text: "{{ message.text }}" }] } },
      ],
      edges: [{ from: "tag", output: "next", to: "echo" }],
    },
  });
  await call("POST", `/flows/${ref}/publish`, {});
  return apiToken;
}

/**
 * People who talk to the bot one update after the other, and deliver each until it is acknowledged, as Telegram does. `pauseMs`: for how long each
 * then says nothing.
 */
export function startChatter(standIn: TelegramStandIn, people: number, { pauseMs = 0 }: { pauseMs?: number } = {}) {
  const acknowledged: Acknowledged[] = [];
  let isOver = false;
  let updateId = 1;

  async function talk(person: number): Promise<void> {
    for (let count = 1; !isOver; count += 1) {
      const update = {
        update_id: updateId++,
        message: {
          message_id: count,
          date: 0,
          from: { id: person, is_bot: false, first_name: `P${person}` },
          chat: { id: person, type: "private" },
          text: `say ${count}`,
        },
      };
      while (!(await deliver(update))) await new Promise((resolve) => setTimeout(resolve, 25));
      acknowledged.push({ person, count, at: Date.now() });
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async function deliver(update: object): Promise<boolean> {
    const answer = await standIn.push(update).catch(() => undefined);
    return answer?.status === 200;
  }

  const talks = Array.from({ length: people }, (_, index) => talk(1000 + index));
  return {
    acknowledged,
    async stop() {
      isOver = true;
      await Promise.all(talks);
    },
  };
}

/** What the stand-in got, by person: the counts told back, in the order of their arrival. */
export function echoesOf(standIn: TelegramStandIn): Map<number, { readonly count: number; readonly at: number }[]> {
  const echoes = new Map<number, { count: number; at: number }[]>();
  for (const { method, payload, at } of standIn.calls) {
    const count = /^say (\d+)$/.exec(String(payload.text))?.[1];
    if (method !== "sendMessage" || count === undefined) continue;
    const person = Number(payload.chat_id);
    echoes.set(person, [...(echoes.get(person) ?? []), { count: Number(count), at }]);
  }
  return echoes;
}
