import { expect } from "vitest";
import { type BothelpAccount, refusalSchema, type Subscriber, successSchema } from "./bothelp.ts";

type Method = "PATCH" | "POST" | "DELETE";

/** What is called with the account and the subscriber of the moment, in each way in which a subscriber can be named. */
export function subscriberCalls(account: () => BothelpAccount, subscriber: () => Subscriber) {
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
  return { ways, byId, byCuid, byMessenger, change, refused, idle, ofContact, sent };
}
