import { beforeEach, expect } from "vitest";
import { aBothelpAccount, type BothelpAccount, refusalSchema, type Subscriber, successSchema } from "./bothelp.ts";
import type { TestServer } from "./server.ts";

type Method = "PATCH" | "POST" | "DELETE";

/** Makes an account before each test, with Ann among its subscribers; what is called with them, in each way in which a subscriber can be named. */
export function subscriberCalls(server: () => TestServer) {
  let present: { readonly account: BothelpAccount; readonly ann: Subscriber } | undefined;
  beforeEach(async () => {
    const made = await aBothelpAccount(server());
    present = { account: made, ann: await made.aSubscriber({ name: "Ann" }) };
  });
  const now = () => present ?? expect.fail("the account is made before each test");
  const account = () => now().account;
  const subscriber = () => now().ann;
  const byId = () => `/v1/subscribers/${subscriber().id}`;
  const byCuid = () => `/v1/subscribers/cuid/${subscriber().cuid}`;
  const byMessenger = () => `/v2/subscribers/messenger/${subscriber().chat}`;

  /** Does a change that has to be done, with nothing to say beside it. */
  async function change(method: Method, path: string, body?: unknown, type?: string): Promise<void> {
    const answer = await account().call(method, path, body, type === undefined ? {} : { type });
    expect(answer).toEqual({ status: 200, body: { success: true } });
  }

  async function refused(method: Method, path: string, body: unknown, options: object = {}) {
    const answer = await account().call(method, path, body, options);
    const { error, message } = refusalSchema.parse(answer.body);
    return { status: answer.status, error, message };
  }

  /** What is done and yet was nothing; gives the warning. */
  async function idle(method: Method, path: string, body: unknown): Promise<string> {
    const answer = await account().call(method, path, body);
    expect(answer.status).toBe(200);
    return successSchema.parse(answer.body).warning ?? "";
  }

  /** By the native API. */
  async function ofContact(part: "messages" | "notes" | "positions"): Promise<Record<string, unknown>[]> {
    return (await account().tenant.call("GET", `/contacts/${subscriber().id}/${part}`)).json().data;
  }

  /** The outgoing messages, oldest first. */
  async function sent(): Promise<unknown[]> {
    const messages = await ofContact("messages");
    return messages.flatMap(({ direction, content }) => (direction === "out" ? [content] : [])).reverse();
  }

  const ways = [
    ["id", byId],
    ["cuid", byCuid],
    ["messenger id", byMessenger],
  ] as const;
  return { account, ann: subscriber, ways, byId, byCuid, byMessenger, change, refused, idle, ofContact, sent };
}
