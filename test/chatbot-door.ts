import type { InjectOptions } from "fastify";
import { beforeEach, expect } from "vitest";
import { z } from "zod";
import { toObjectId } from "../src/engine/object-id.ts";
import { createdSchema, errorSchema } from "../src/http/compat/chatbot/answers.ts";
import { userSchema } from "../src/http/compat/chatbot/user.ts";
import { aFlowDocument } from "./flow-samples.ts";
import { aTenant, type Tenant, type TestServer } from "./server.ts";
import { aTelegramChannel } from "./telegram-channel.ts";

type Method = NonNullable<InjectOptions["method"]>;

/** Makes a workspace before each test; calls ChatBot.com's API with its token, and two spaces before it, as one client does. */
export function chatbotDoor(server: () => TestServer) {
  let present: { readonly tenant: Tenant; readonly token: string } | undefined;
  const now = () => present ?? expect.fail("the workspace is made before each test");
  const tenant = () => now().tenant;
  const token = () => now().token;
  beforeEach(async () => {
    const made = await aTenant(server());
    present = { tenant: made, token: await made.mintToken({ kind: "chatbot" }) };
  });
  /** The rest of the test goes by a token that is bound to a bot. */
  async function bindToken(botId: number): Promise<void> {
    present = { tenant: tenant(), token: await tenant().mintToken({ kind: "chatbot", botId }) };
  }

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

  return { tenant, token, bindToken, call, good, refused };
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
  const channel = await aTelegramChannel(server, tenant);
  const document = aFlowDocument({
    steps: [{ ref: "hello", kind: "message", config: { messages: [{ text: "Hello!" }] } }],
    edges: [],
    triggers: [{ kind: "default_reply" }],
  });
  const flow = (await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document } })).json();
  await tenant.call("POST", `/flows/${flow.ref}/publish`);
  const hear = (text: string) => channel.hear(text, { id: 900_001, first_name: "Ann" });
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
