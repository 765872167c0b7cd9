import type { InjectOptions } from "fastify";
import { expect } from "vitest";
import { z } from "zod";
import { aFlowDocument } from "./flow-samples.ts";
import { aTenant, type Tenant, type TestServer } from "./server.ts";
import { aTelegramChannel } from "./telegram-channel.ts";

/** Answers of BotHelp's Open API, written from its published format. */
export const successSchema = z.strictObject({ success: z.literal(true), warning: z.string().min(1).optional() });
export const refusalSchema = z.strictObject({
  success: z.literal(false),
  error: z.string().regex(/^[a-z_]+$/),
  message: z.string().min(1),
});
export const choicesSchema = z.array(z.strictObject({ title: z.string(), referral: z.string().min(1) }));
export const subscriberSchema = z.object({
  id: z.number().int(),
  cuid: z.string().min(1),
  userId: z.string(),
  createdAt: z.number().int(),
  subscribed: z.boolean(),
  name: z.string(),
  email: z.string(),
  phone: z.string(),
  channelName: z.string(),
  channelType: z.string(),
  utmSource: z.string(),
  utmMedium: z.string(),
  utmCampaign: z.string(),
  utmTerm: z.string(),
  utmContent: z.string(),
  tags: z.array(z.string()),
  prodamusProfileId: z.string(),
  yaClientId: z.string(),
});
export const subscriberPageSchema = z.strictObject({
  data: z.array(subscriberSchema),
  /** There is more: the SDK takes the key's presence for it. */
  paging: z.strictObject({ cursor: z.strictObject({ after: z.number().int() }), next: z.string().min(1) }).optional(),
});

export const bothelpApi = "/compat/bothelp/api";

/** A workspace with a token of kind `bothelp`, one bot on Telegram, and the door's caller. */
export interface BothelpAccount {
  readonly tenant: Tenant;
  readonly token: string;
  readonly channelId: number;
  call(
    method: NonNullable<InjectOptions["method"]>,
    path: string,
    body?: unknown,
    options?: { readonly token?: string; readonly type?: string },
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Somebody who wrote to the bot. */
  aSubscriber(person?: { readonly chat?: number; readonly name?: string }): Promise<Subscriber>;
  aPublishedFlow(): Promise<string>;
  /** The contact, by the native API. */
  read(id: number): Promise<Record<string, unknown>>;
}

export interface Subscriber {
  readonly id: number;
  readonly cuid: string;
  readonly chat: number;
}

let people = 0;

export async function aBothelpAccount(server: TestServer): Promise<BothelpAccount> {
  const { app } = server;
  const tenant = await aTenant(server);
  const token = await tenant.mintToken({ kind: "bothelp" });
  const channel = await aTelegramChannel(server, tenant, { name: "Shop in Telegram" });
  const channelId = channel.id;
  return {
    tenant,
    token,
    channelId,
    call: async (method, path, body, { token: other = token, type = "application/json" } = {}) => {
      const answer = await app.inject({
        method,
        url: bothelpApi + path,
        headers: { authorization: `Bearer ${other}`, ...(body === undefined ? {} : { "content-type": type }) },
        ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      expect(answer.headers["content-type"]).toContain("application/json");
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
      return { status: answer.statusCode, body: answer.json() as unknown };
    },
    aSubscriber: async ({ chat, name = "Ann" } = {}) => {
      people += 1;
      const id = chat ?? 1000 + people;
      await channel.hear("hi", { id, first_name: name });
      const contacts = await tenant.call("GET", `/contacts?channel=${channelId}&limit=200`);
      const found = contacts
        .json()
        .data.find(({ channels }: { channels: readonly { externalId: string }[] }) =>
          channels.some(({ externalId }) => externalId === String(id)),
        );
      return { id: found.id, cuid: found.cuid, chat: id };
    },
    aPublishedFlow: async () => {
      const made = await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: aFlowDocument() } });
      const { ref } = made.json();
      expect((await tenant.call("POST", `/flows/${ref}/publish`)).statusCode).toBe(200);
      return ref;
    },
    read: async (id) => (await tenant.call("GET", `/contacts/${id}`)).json(),
  };
}
