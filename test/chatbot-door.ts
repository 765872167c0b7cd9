import type { InjectOptions } from "fastify";
import { expect } from "vitest";
import { z } from "zod";
import { toObjectId } from "../src/engine/object-id.ts";
import { createdSchema, errorSchema } from "../src/http/compat/chatbot/answers.ts";
import { userSchema } from "../src/http/compat/chatbot/user.ts";
import { createChannel } from "../src/store/channel-store.ts";
import { sealSecrets } from "../src/store/secret-box.ts";
import { aFlowDocument } from "./flow-samples.ts";
import type { Tenant, TestServer } from "./server.ts";

type Method = NonNullable<InjectOptions["method"]>;

/** Calls ChatBot.com's API with the token of the moment, and two spaces before it, as one client does. */
export function chatbotDoor(server: () => TestServer, token: () => string) {
  async function call(method: Method, path: string, body?: object, bearer = token()) {
    const answer = await server().app.inject({
      method,
      url: `/compat/chatbot${path}`,
      headers: {
        authorization: `Bearer  ${bearer}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** Has to succeed with an answer that fits. */
  async function good<T>(schema: z.ZodType<T>, method: Method, path: string, body?: object): Promise<T> {
    const answer = await call(method, path, body);
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    return schema.parse(answer.body);
  }

  /** Has to be refused with this status in the vendor's shape; gives the details. */
  async function refused(
    status: number,
    method: Method,
    path: string,
    body?: object,
    bearer?: string,
  ): Promise<string> {
    const answer = await call(method, path, body, bearer);
    expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
    expect(errorSchema.parse(answer.body).status.code).toBe(status);
    return answer.body.status.details;
  }

  return { call, good, refused };
}

export const userListSchema = z.strictObject({ data: z.array(userSchema), count: z.number().int() });

/** Makes and reads users by that door. */
export function chatbotUsers({ good }: Pick<ReturnType<typeof chatbotDoor>, "good">) {
  return {
    aUser: async (body: object = {}) => (await good(createdSchema, "POST", "/users", body)).id,
    read: async (id: string) => await good(userSchema, "GET", `/users/${id}`),
    /** The names of those whom a search finds. */
    names: async (query: string) =>
      (await good(userListSchema, "GET", `/users?${query}`)).data.map(({ attributes }) => attributes.default_name),
  };
}

/** A person on Telegram of whom the bot hears, and a published flow that says hello to whatever is said. */
export async function aVisitor(server: TestServer, tenant: Tenant) {
  const { db } = server.database;
  const channel = await createChannel(db, tenant.bot, {
    kind: "telegram",
    name: "Bot",
    settings: {},
    sealedSecrets: sealSecrets({ token: "123456:ABCDEFGHIJKLMNOP", secretToken: "right" }, server.secretKey),
    status: "connected",
  });
  const document = aFlowDocument({
    steps: [{ ref: "hello", kind: "message", config: { messages: [{ text: "Hello!" }] } }],
    edges: [],
    triggers: [{ kind: "default_reply" }],
  });
  const flow = (await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document } })).json();
  await tenant.call("POST", `/flows/${flow.ref}/publish`);
  let heard = 0;
  const hear = async (text: string) => {
    heard += 1;
    const message = {
      message_id: heard,
      date: Math.floor(server.now() / 1000),
      chat: { id: 900_001, type: "private" },
      from: { id: 900_001, is_bot: false, first_name: "Ann" },
      text,
    };
    const answer = await server.app.inject({
      method: "POST",
      url: `/webhooks/${channel.id}`,
      headers: { "x-telegram-bot-api-secret-token": "right" },
      payload: { update_id: heard, message },
    });
    expect(answer.statusCode).toBe(200);
  };
  await hear("hi");
  const contactId: number = (await tenant.call("GET", "/contacts")).json().data.at(-1).id;
  const messages = db.selectFrom("messages").select("content").where("contactId", "=", contactId);
  return {
    /** The user's. */
    id: toObjectId("user", contactId),
    flow: flow.ref as string,
    hear,
    /** What the bot has said so far. */
    said: async () =>
      (await messages.where("direction", "=", "out").orderBy("id").execute()).map(
        ({ content }) => (content as { readonly text?: string }).text,
      ),
  };
}
