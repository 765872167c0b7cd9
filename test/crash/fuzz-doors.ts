import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { openDataDirectory, readSecretKey } from "../../src/app/data-directory.ts";
import { createChannel } from "../../src/store/channel-store.ts";
import { openDatabase } from "../../src/store/database.ts";
import { sealSecrets } from "../../src/store/secret-box.ts";
import type { FuzzRequest } from "./fuzz-mutations.ts";
import { type Chance, createSampler, type OpenApi, type Operation, operationsOf } from "./fuzz-samples.ts";
import type { ServerProcess } from "./server-process.ts";

/** Makes a valid call of a door. `sign` makes it valid again once its body is spoilt. */
export interface DoorCall {
  readonly door: string;
  make(chance: Chance): FuzzRequest;
  readonly sign?: (body: Buffer) => Readonly<Record<string, string>>;
}

/** Tokens of the workspace that is fuzzed, by the kind of door. */
export type Tokens = Readonly<Record<"api" | "uchat" | "chatbot" | "bothelp" | "action-link", string>>;
/** What there is in the workspace, by the names under which doors take it. */
export type Things = Readonly<Record<string, readonly unknown[]>>;

const documented = [
  { door: "api", document: "/api/v1/openapi.json", prefix: "" },
  { door: "uchat", document: "/compat/uchat/api-docs", prefix: "/compat/uchat/api" },
  { door: "bothelp", document: "/compat/bothelp/swagger/api.json", prefix: "" },
] as const;

/** Every call that a document of ours describes. The stream of live news never ends and is left out. */
export async function documentedCalls(base: string, tokens: Tokens, things: Things): Promise<DoorCall[]> {
  const all = await Promise.all(
    documented.map(async ({ door, document, prefix }) => {
      const description = (await (await fetch(`${base}${document}`)).json()) as OpenApi & {
        servers?: { url: string }[];
      };
      const server = new URL(description.servers?.[0]?.url ?? "/", base).pathname.replace(/\/$/, "");
      const operations = operationsOf(description, server === "" ? prefix : server);
      return operations
        .filter(({ path }) => !path.endsWith("/live"))
        .map((operation) => toCall(door, operation, description.components?.schemas ?? {}, tokens[door], things));
    }),
  );
  return all.flat();
}

function toCall(
  door: string,
  { method, path, query, body }: Operation,
  components: Parameters<typeof createSampler>[0],
  token: string,
  things: Things,
): DoorCall {
  return {
    door: `${door} ${method} ${path}`,
    make(chance) {
      const sample = createSampler(components, things, chance);
      const inPath = path.replace(/\{(\w+)\}/g, (_, name: string) => {
        const collection =
          path
            .slice(0, path.indexOf(`/{${name}}`))
            .split("/")
            .at(-1) ?? "";
        const known = things[collection] ?? things[name] ?? things.id ?? [1];
        return encodeURIComponent(String(chance.pick(known)));
      });
      const asked = Object.entries(query).filter(() => chance.is(0.4));
      const text = new URLSearchParams(asked.map(([name, schema]) => [name, String(sample(schema, name))])).toString();
      return {
        method,
        path: text === "" ? inPath : `${inPath}?${text}`,
        headers: { authorization: `Bearer ${token}` },
        body: body === undefined ? undefined : sample(body),
      };
    },
  };
}

/** Doors without a document of ours: ChatBot.com's, action links, the web chat, signing in, files, pages. */
export function otherCalls(tokens: Tokens, things: Things): DoorCall[] {
  const at = (name: string, chance: Chance) => String(chance.pick(things[name] ?? [1]));
  const chatbot = (method: string, path: (chance: Chance) => string, body?: (chance: Chance) => unknown): DoorCall => ({
    door: `chatbot ${method}`,
    make: (chance) => ({
      method,
      path: `/compat/chatbot${path(chance)}`,
      headers: { authorization: `Bearer ${tokens.chatbot}` },
      body: body?.(chance),
    }),
  });
  const attributes = [{ name: "name", value: "Ann" }];
  const open = (method: string, path: string, body?: unknown): DoorCall => ({
    door: `open ${method} ${path}`,
    make: () => ({ method, path, headers: {}, body: structuredClone(body) }),
  });
  return [
    chatbot("GET", () => "/users?limit=5"),
    chatbot("GET", (chance) => `/users/${at("contactId", chance)}`),
    chatbot(
      "POST",
      () => "/users",
      () => ({ userId: "u1", attributes, segments: ["vip"] }),
    ),
    chatbot(
      "PUT",
      (chance) => `/users/${at("contactId", chance)}`,
      () => ({ attributes, segments: ["vip"] }),
    ),
    chatbot(
      "PUT",
      (chance) => `/users/${at("contactId", chance)}/ban`,
      () => ({ period: 60 }),
    ),
    chatbot(
      "POST",
      (chance) => `/users/${at("contactId", chance)}/segments`,
      () => ["vip"],
    ),
    chatbot("GET", () => "/users/segments"),
    chatbot(
      "POST",
      () => "/users/segments",
      () => ({ name: "vip" }),
    ),
    chatbot("GET", () => "/stories"),
    chatbot(
      "POST",
      () => "/v2/stories",
      () => ({ name: "Story" }),
    ),
    chatbot("GET", (chance) => `/v2/stories/${at("flow", chance)}`),
    chatbot("GET", () => "/webhooks"),
    chatbot(
      "POST",
      () => "/webhooks",
      () => ({ name: "Hook", url: "https://example.com/", token: "t" }),
    ),
    chatbot(
      "POST",
      () => "/users/export",
      () => ({}),
    ),
    {
      door: "action link",
      make: (chance) => ({
        method: chance.pick(["GET", "POST"]),
        path: `/compat/bothelp/gc?${new URLSearchParams({
          ...{ domain: "demo", token: tokens["action-link"], id: at("contactId", chance), tag_name: "vip" },
          ...{ action: chance.pick(["addTag", "removeTag", "sendMessage", "startBot"]), messageText: "Hello" },
        })}`,
        headers: {},
        body: undefined,
      }),
    },
    open("POST", "/compat/bothelp/oauth2/token", {
      grant_type: "client_credentials",
      client_id: "a",
      client_secret: "b",
    }),
    open("POST", "/webchat/demo/session", { referrer: "https://example.com/" }),
    open("POST", "/webchat/demo/messages", { id: "m1", text: "hello" }),
    open("GET", "/webchat/demo/messages?after=0"),
    open("GET", "/webchat/demo/history?before=5"),
    open("GET", "/chat/demo?ref=x"),
    open("GET", "/widget.js"),
    open("GET", "/files/abcdef"),
    open("GET", "/e/abc/def"),
    open("GET", "/auth/session"),
    open("POST", "/auth/session", { email: "a@example.com", password: "wrong wrong wrong" }),
    open("POST", "/auth/setup", {
      code: "AAAA-AAAA",
      email: "a@example.com",
      name: "A",
      password: "long enough it is",
    }),
    open("POST", "/auth/password", { current: "a", next: "long enough it is" }),
    open("POST", "/auth/password-reset", { email: "a@example.com" }),
    open("POST", "/auth/password-reset/look", { token: "a".repeat(43) }),
    open("POST", "/auth/email-change", { current: "a", email: "a@example.com", code: "123456" }),
    open("POST", "/auth/passkeys/begin", { current: "a", code: "123456" }),
    open("POST", "/auth/passkeys/challenge"),
    open("POST", "/auth/passkeys/session", {
      passkey: {
        ...{ id: "AAAA", rawId: "AAAA", type: "public-key" },
        response: { clientDataJSON: "e30", authenticatorData: "AAAA", signature: "AAAA" },
      },
    }),
    open("POST", "/auth/email-change/look", { token: "a".repeat(43) }),
    open("POST", "/auth/email-change/use", { token: "a".repeat(43) }),
    open("POST", "/auth/password-reset/use", { token: "a".repeat(43), password: "long enough it is" }),
    open("GET", "/auth/devices"),
    open("GET", "/"),
    open("GET", "/w/demo/flows"),
    open("GET", "/health/ready"),
    open("GET", "/metrics"),
    open("GET", "/oauth/callback?state=x&code=y"),
    open("POST", "/webhooks/in/abcdef", { any: { thing: 1 } }),
  ];
}

const viberToken = "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9";
const appSecret = "0123456789abcdef0123456789abcdef";
const vkSecret = "aSecretOfOurs";
const hmac = (key: string) => (body: Buffer) => createHmac("sha256", key).update(body).digest("hex");
const meta = (body: Buffer) => ({ "x-hub-signature-256": `sha256=${hmac(appSecret)(body)}` });
const graph = { token: "EAAB".padEnd(40, "x"), appSecret, verifyToken: "ours" };
const webhookKinds: readonly {
  readonly kind: string;
  readonly fixtures: string;
  readonly secrets: Readonly<Record<string, string | number>>;
  readonly sign: NonNullable<DoorCall["sign"]>;
}[] = [
  {
    ...{ kind: "telegram", fixtures: "updates", secrets: { token: "1:AAAAAAAAAAAAAAAAAAAAAA", secretToken: "right" } },
    sign: () => ({ "x-telegram-bot-api-secret-token": "right" }),
  },
  {
    ...{ kind: "viber", fixtures: "callbacks", secrets: { token: viberToken, senderName: "The shop", uri: "shop" } },
    sign: (body) => ({ "x-viber-content-signature": hmac(viberToken)(body) }),
  },
  {
    ...{ kind: "vk", fixtures: "events" },
    secrets: {
      token: "vk1.a.tokenOfTheShopThatIsLong",
      secret: vkSecret,
      groupId: 77,
      screenName: "shop",
      serverId: 3,
    },
    sign: () => ({}),
  },
  {
    ...{ kind: "whatsapp", fixtures: "notifications", sign: meta },
    secrets: { ...graph, phoneNumberId: "106540352242922", accountId: "102290129340398", phone: "15550783881" },
  },
  { kind: "messenger", fixtures: "notifications", secrets: { ...graph, pageId: "1", username: "shop" }, sign: meta },
  {
    kind: "instagram",
    fixtures: "notifications",
    secrets: { ...graph, instagramId: "2", username: "shop" },
    sign: meta,
  },
];

/** Makes a channel of each kind, past the platform, and calls of its webhook as it signs them. Nothing that they send leaves the machine: `deadEnd` is asked instead. */
export async function webhookCalls(databaseUrl: string, directory: string, deadEnd: string): Promise<DoorCall[]> {
  const secretKey = readSecretKey(openDataDirectory(directory), undefined);
  const { db, close } = await openDatabase({ databaseUrl });
  try {
    const bot = await db
      .selectFrom("bots")
      .select(["id", "workspaceId"])
      .where("ref", "=", "demo")
      .executeTakeFirstOrThrow();
    const calls: DoorCall[] = [];
    for (const { kind, fixtures, secrets, sign } of webhookKinds) {
      const channel = await createChannel(db, bot, {
        ...{ kind, name: kind, settings: { apiRoot: deadEnd } },
        ...{ sealedSecrets: sealSecrets(secrets, secretKey), status: "connected" },
      });
      const file = new URL(`../../src/channels/${kind}/fixtures/${fixtures}.json`, import.meta.url);
      const samples = Object.values(JSON.parse(await readFile(file, "utf8")) as Record<string, object>);
      calls.push({
        door: `webhook ${kind}`,
        sign,
        make(chance) {
          const body = structuredClone(chance.pick(samples));
          // Each a new event, so that it goes all the way.
          const fresh = JSON.stringify(body).replace(
            /"(update_id|message_token|timestamp)":\s*\d+/g,
            (_, name: string) => `"${name}":${chance.below(2 ** 31)}`,
          );
          const made = JSON.parse(fresh) as Record<string, unknown>;
          if (kind === "vk") made.secret = vkSecret;
          return { method: "POST", path: `/webhooks/${channel.id}`, headers: {}, body: made };
        },
      });
    }
    return calls;
  } finally {
    await close();
  }
}

/** Mints the tokens of a workspace by the command line. */
export async function mintTokens(server: ServerProcess, workspace: string): Promise<Tokens> {
  const kinds = ["api", "uchat", "chatbot", "bothelp", "action-link"] as const;
  const tokens: Partial<Record<(typeof kinds)[number], string>> = {};
  for (const kind of kinds) {
    tokens[kind] = await server.run("token", "create", "--workspace", workspace, "--kind", kind);
  }
  return tokens as Tokens;
}
