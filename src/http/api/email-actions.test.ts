import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { createChannel } from "../../store/channel-store.ts";

let server: TestServer;
let tenant: Tenant;
let channelId: number;
let contact: number;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  tenant = await aTenant(server);
  channelId = await anEmailChannel();
  const made = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, email: "Ann@Example.org" } });
  contact = made.json().id;
});

async function anEmailChannel(): Promise<number> {
  const settings = { host: "127.0.0.1", fromAddress: "bot@shop.example" };
  const channel = { kind: "email", name: "Mail", settings, sealedSecrets: null, status: "connected" } as const;
  return (await createChannel(server.database.db, tenant.bot, channel)).id;
}

const act = async (action: string, args: object = {}) => {
  const answer = await tenant.call("POST", `/contacts/${contact}/actions`, {
    body: { actions: [{ action, args }] },
  });
  return { status: answer.statusCode, body: answer.json(), result: answer.json().results?.[0] };
};
const identities = async () =>
  (await server.database.db.selectFrom("identities").selectAll().where("contactId", "=", contact).execute()).map(
    ({ externalId, channelId: id }) => [id, externalId],
  );
const mails = async () =>
  await server.database.db
    .selectFrom("messages")
    .selectAll()
    .where("contactId", "=", contact)
    .where("direction", "=", "out")
    .orderBy("id")
    .execute();

describe("send_email", () => {
  const args = {
    subject: "For {{ contact.email }}",
    text: "Hello",
    buttons: [{ title: "Open", url: "https://shop.example" }],
  };

  it("sends to the contact's own address, and leaves it at that", async () => {
    expect((await act("send_email", args)).result).toEqual({ ok: true, result: { email: "ann@example.org" } });
    expect(await mails()).toMatchObject([
      {
        channelId,
        recipient: "ann@example.org",
        status: "queued",
        content: { subject: "For Ann@example.org", text: "Hello" },
      },
    ]);
    expect(await identities()).toEqual([]);
  });

  it("links the address with the contact where it is asked to", async () => {
    await act("send_email", { ...args, createSubscriber: true });
    await act("send_email", { ...args, createSubscriber: true });
    expect(await identities()).toEqual([[channelId, "ann@example.org"]]);
  });

  it("refuses without an address, without a channel, and after an opt-out", async () => {
    expect((await act("send_email", { ...args, email: "nobody" })).result).toMatchObject({
      error: { code: "contact.no_email" },
    });
    expect((await act("send_email", { ...args, channelId: channelId + 1000 })).body.error).toMatchObject({
      message: expect.stringContaining("no e-mail channel"),
    });
    await act("opt_out");
    expect((await act("send_email", args)).result).toMatchObject({ error: { code: "contact.opted_out" } });
    expect(await mails()).toEqual([]);
  });
});

describe("create_email_subscriber", () => {
  it("links the contact's address and records the entry, and sends nothing where no flow is named", async () => {
    const { result } = await act("create_email_subscriber");
    expect(result).toMatchObject({ ok: true, result: { email: "ann@example.org", channelId, created: true } });
    expect(await identities()).toEqual([[channelId, "ann@example.org"]]);
    expect(await mails()).toEqual([]);
    expect((await act("create_email_subscriber")).result).toMatchObject({ result: { created: false } });
  });

  it("starts the flow on the e-mail channel, whose later steps go there too", async () => {
    const message = (text: string) => ({ messages: [{ text, subject: "Lesson {{ contact.email }}" }] });
    const document = {
      start: "a",
      steps: [
        { ref: "a", kind: "message", config: message("one") },
        { ref: "b", kind: "message", config: message("two") },
      ],
      edges: [{ from: "a", output: "next", to: "b" }],
    };
    const body = { bot: tenant.bot.id, document: { name: "Welcome", ...document } };
    const { ref } = (await tenant.call("POST", "/flows", { body })).json();
    expect((await tenant.call("POST", `/flows/${ref}/publish`)).statusCode).toBe(200);
    expect((await act("create_email_subscriber", { flow: ref, email: "Other@Example.org" })).result).toMatchObject({
      ok: true,
    });
    expect(await mails()).toMatchObject([
      { channelId, recipient: "other@example.org", content: { text: "one", subject: "Lesson Ann@example.org" } },
      { channelId, recipient: "other@example.org", content: { text: "two" } },
    ]);
  });

  it("leaves an address with the contact that has it", async () => {
    await server.submit({
      target: { channelId, externalId: "ann@example.org" },
      happening: { kind: "message", message: { text: "hi", attachments: [] } },
      source: "channel",
    });
    await act("create_email_subscriber");
    expect(await identities()).toEqual([]);
  });
});
