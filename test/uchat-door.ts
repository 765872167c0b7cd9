import type { LightMyRequestResponse } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { toNodeNs } from "../src/engine/node-ns.ts";
import type { AnyEndpoint } from "../src/http/compat/uchat/endpoint.ts";
import { endpoints } from "../src/http/compat/uchat/endpoints.ts";
import type { MessageContent } from "../src/model/message.ts";
import { listFlows } from "../src/store/flow-store.ts";
import { aFlowDocument } from "./flow-samples.ts";
import { aTenant, type Tenant, type TestServer } from "./server.ts";
import { aTelegramChannel } from "./telegram-channel.ts";

export const uchatBase = "/compat/uchat/api";

/** A workspace with a subscriber on Telegram, and things of each kind, as UChat's clients name them. */
export interface UchatTenant extends Tenant {
  /** A token of the bot. */
  readonly botToken: string;
  /** A token of the workspace. */
  readonly teamToken: string;
  readonly contactId: number;
  readonly channelId: number;
  readonly userNs: string;
  readonly tagNs: string;
  readonly fieldNs: string;
  readonly flowNs: string;
  /** Of the flow `flowNs`. */
  readonly flowRef: string;
  /** Calls the door; arguments go into the query of a GET, else into a JSON body. */
  door(endpoint: string, input?: object, token?: string): Promise<LightMyRequestResponse>;
  /** A message from the subscriber. */
  hear(text: string): Promise<void>;
}

/** The subscriber's id on Telegram. */
export const telegramId = 900_001;

export async function aUchatTenant(server: TestServer): Promise<UchatTenant> {
  const tenant = await aTenant(server);
  const { bot, call } = tenant;
  const make = async (path: string, body: object) => {
    const answer = await call("POST", path, { body });
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    return answer.json();
  };
  const channel = await aTelegramChannel(server, tenant);
  const hear = (text: string) =>
    channel.hear(text, { id: telegramId, first_name: "Ann", last_name: "Lee", language_code: "en-GB" });
  await hear("hi");
  const contactId: number = (await call("GET", "/contacts")).json().data[0].id;
  const tag = await make("/tags", { name: "vip" });
  const field = await make("/fields", { key: "city", name: "Home town", kind: "text" });
  const flow = await make("/flows", { bot: bot.id, document: aFlowDocument({ triggers: [{ kind: "start" }] }) });
  await make(`/flows/${flow.ref}/publish`, {});
  const [listed] = await listFlows(server.database.db, { workspaceId: tenant.workspace.id });
  const flowId = listed?.id;
  const botToken = await tenant.mintToken({ kind: "uchat", botId: bot.id });
  return {
    ...tenant,
    botToken,
    teamToken: await tenant.mintToken({ kind: "uchat" }),
    contactId,
    channelId: channel.id,
    userNs: `f${bot.id}u${contactId}`,
    tagNs: `f${bot.id}t${tag.id}`,
    fieldNs: `f${bot.id}v${field.id * 2}`,
    flowNs: `f${bot.id}s${flowId}`,
    flowRef: flow.ref,
    hear,
    door: async (endpoint, input = {}, token = botToken) => {
      const [method, pattern = ""] = endpoint.split(" ");
      const path = pattern.replace(/\{(\w+)\}/g, (_all, name: string) =>
        String((input as Record<string, unknown>)[name]),
      );
      const query = new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]));
      return await server.app.inject({
        method: method as "GET",
        url: method === "GET" ? `${uchatBase}${path}?${query}` : `${uchatBase}${path}`,
        headers: { authorization: `Bearer ${token}`, accept: "application/json", "content-type": "application/json" },
        ...(method === "GET" ? {} : { payload: input }),
      });
    },
  };
}

/** What was said to the subscriber, oldest first. */
export async function said({ call, contactId }: UchatTenant): Promise<MessageContent[]> {
  const messages = (await call("GET", `/contacts/${contactId}/messages`)).json().data;
  return messages
    .filter(({ direction }: { direction: string }) => direction === "out")
    .map(({ content }: { content: MessageContent }) => content)
    .toReversed();
}

/** The texts of it. */
export const texts = async (tenant: UchatTenant) => (await said(tenant)).map(({ text }) => text);

/** For `missing`: a subscriber who is not there. */
export const nobody = ({ bot }: UchatTenant) => ({ user_ns: `f${bot.id}u999999` });

/** UChat's name of a step of the tenant's flow. */
export const nodeNsOf = ({ bot, flowNs }: UchatTenant, step: string) =>
  toNodeNs({ bot: bot.id, flowId: Number(flowNs.split("s")[1]), step });

/** How one endpoint is tried. */
export interface DoorCase {
  /** `POST /subscriber/add-tag` */
  readonly endpoint: string;
  /** Input that is right for the tenant. */
  readonly good: (tenant: UchatTenant) => object;
  /** What has to be there first. */
  readonly before?: (tenant: UchatTenant) => Promise<unknown>;
  /** What a good call has to leave behind; gets the answer's body. */
  readonly after?: (tenant: UchatTenant, body: never) => Promise<void> | void;
  /** Changes of the good input that lead to things that do not exist: each is answered with 400 and a sentence. */
  readonly missing?: readonly ((tenant: UchatTenant) => object)[];
  /** Changes of the good input that Laravel would refuse: each is answered with 422. Default: none of the required keys is there. */
  readonly bad?: readonly object[] | "nothing";
  /** Not a subscriber's: another workspace's token sees its own things with the same input, which is checked elsewhere. */
  readonly isOwn?: boolean;
  /** Offered there and not here: a good call is answered with 400. */
  readonly isNotOffered?: boolean;
}

export function findEndpoint(name: string): AnyEndpoint {
  const found = endpoints.find(({ method, path }) => `${method} ${path}` === name);
  if (found === undefined) throw new Error(`there is no endpoint ${name}`);
  return found;
}

/** Tenants for a file's tests: a new one wherever something is changed, and two that stay for what is refused. */
export interface DoorTenants {
  readonly fresh: () => Promise<UchatTenant>;
  readonly mine: () => UchatTenant;
  readonly other: () => UchatTenant;
}

/** Makes the two that stay once the file's own `beforeAll` has made its server. */
export function doorTenants(make: () => Promise<UchatTenant>): DoorTenants {
  let [mine, other]: UchatTenant[] = [];
  beforeAll(async () => {
    mine = await make();
    other = await make();
  });
  const made = (tenant: UchatTenant | undefined) => tenant ?? expect.fail("the tenants are made before the tests");
  return { fresh: make, mine: () => made(mine), other: () => made(other) };
}

/** Each endpoint's success, not found, bad input, wrong token, wrong workspace, wrong bot. */
export function describeDoor(cases: readonly DoorCase[], tenants: DoorTenants): void {
  describe.each(cases.map((one) => [one.endpoint, one] as const))("%s", (name, one) => {
    const endpoint = findEndpoint(name);
    const ownToken = (tenant: UchatTenant) => (endpoint.scope === "team" ? tenant.teamToken : tenant.botToken);

    it(one.isNotOffered === true ? "is answered with 400 and a sentence" : "answers as its schema says", async () => {
      const tenant = await tenants.fresh();
      await one.before?.(tenant);
      const answer = await tenant.door(name, { ...one.good(tenant), surplus: "x" }, ownToken(tenant));
      if (one.isNotOffered === true) {
        expectRefusal(answer, 400);
        return;
      }
      expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
      const checked = endpoint.answer.safeParse(answer.json());
      expect(checked.error?.issues, answer.body).toBeUndefined();
      await one.after?.(tenant, answer.json() as never);
    });

    it("takes a workspace's token as well", async () => {
      const tenant = await tenants.fresh();
      await one.before?.(tenant);
      const answer = await tenant.door(name, one.good(tenant), tenant.teamToken);
      expect([answer.statusCode, answer.body]).toEqual([one.isNotOffered === true ? 400 : 200, expect.any(String)]);
    });

    it("refuses a token that is none", async () => {
      const mine = tenants.mine();
      expectRefusal(await mine.door(name, one.good(mine), "nobody"), 401);
      expectRefusal(await mine.door(name, one.good(mine), mine.token), 401);
    });

    for (const [index, change] of (one.missing ?? []).entries()) {
      it(`says that there is no such thing (${index + 1})`, async () => {
        const mine = tenants.mine();
        expectRefusal(await mine.door(name, { ...one.good(mine), ...change(mine) }, ownToken(mine)), 400);
      });
    }

    const bad = one.bad ?? [undefined];
    for (const change of bad === "nothing" ? [] : bad) {
      it(`refuses ${JSON.stringify(change ?? {})}`, async () => {
        const mine = tenants.mine();
        const input = change === undefined ? {} : { ...one.good(mine), ...change };
        const answer = await mine.door(name, input, ownToken(mine));
        expect(answer.statusCode, answer.body).toBe(422);
        expect(answer.json()).toEqual({ message: expect.any(String), errors: expect.any(Object) });
        expect(Object.keys(answer.json().errors).length).toBeGreaterThan(0);
      });
    }

    if (one.isOwn !== true) {
      it("sees nothing of another workspace, or of another bot", async () => {
        const [mine, other] = [tenants.mine(), tenants.other()];
        expectRefusal(await other.door(name, one.good(mine), ownToken(other)), 400);
        if (endpoint.scope !== "flow") return;
        const second = (await mine.call("POST", "/bots", { body: { name: "Second" } })).json();
        const foreign = await mine.mintToken({ kind: "uchat", botId: second.id });
        expectRefusal(await mine.door(name, one.good(mine), foreign), 400);
      });
    }

    if (endpoint.scope === "team") {
      it("needs a token of the workspace, or the scope team", async () => {
        const mine = tenants.mine();
        expectRefusal(await mine.door(name, one.good(mine), mine.botToken), 403);
      });
    }
  });
}

function expectRefusal(answer: LightMyRequestResponse, status: number): void {
  expect([answer.statusCode, answer.body]).toEqual([status, expect.any(String)]);
  expect(answer.json()).toEqual({ message: expect.stringMatching(/.{10,}/) });
}
