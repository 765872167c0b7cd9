import { expect } from "vitest";
import { createChannel } from "../src/store/channel-store.ts";
import { sealSecrets } from "../src/store/secret-box.ts";
import type { Tenant, TestServer } from "./server.ts";

/** As Telegram describes somebody. */
interface TelegramPerson {
  readonly id: number;
  readonly first_name: string;
  readonly last_name?: string;
  readonly language_code?: string;
}

/** A channel that nobody has registered anywhere: what comes is pushed in, what goes out stays queued. */
export interface TelegramChannel {
  readonly id: number;
  /** A message from somebody, as Telegram delivers it. */
  hear(text: string, from: TelegramPerson): Promise<void>;
}

export async function aTelegramChannel(
  server: TestServer,
  { bot }: Pick<Tenant, "bot">,
  { name = "Bot", settings = {} }: { readonly name?: string; readonly settings?: Record<string, string> } = {},
): Promise<TelegramChannel> {
  const secretToken = "right";
  const { id } = await createChannel(server.database.db, bot, {
    kind: "telegram",
    name,
    settings,
    sealedSecrets: sealSecrets({ token: "123456:ABCDEFGHIJKLMNOP", secretToken }, server.secretKey),
    status: "connected",
  });
  let updates = 0;
  return {
    id,
    async hear(text, from) {
      updates += 1;
      const message = {
        message_id: updates,
        date: Math.floor(server.now() / 1000),
        chat: { id: from.id, type: "private" },
        from: { is_bot: false, ...from },
        text,
      };
      const answer = await server.app.inject({
        method: "POST",
        url: `/webhooks/${id}`,
        headers: { "x-telegram-bot-api-secret-token": secretToken },
        payload: { update_id: updates, message },
      });
      expect(answer.statusCode).toBe(200);
    },
  };
}
