import { beforeEach, describe, expect, it } from "vitest";
import { actionLinkDoor } from "../../../../test/action-link-door.ts";
import { aTenant } from "../../../../test/server.ts";

const link = actionLinkDoor();
const { open, aContact, read, aPublishedFlow } = link;

const done = { status: 200, body: { success: true } };

describe("an action link", () => {
  it.each(["GET", "POST"] as const)("adds a tag by %s", async (method) => {
    const { id } = await aContact({ email: "ann@example.com" });
    await link.tenant.call("POST", "/tags", { body: { name: "vip" } });
    expect(await open("email=ann@example.com&actions[add_tag]=vip", method)).toEqual(done);
    expect(await read(id)).toMatchObject({ tags: ["vip"] });
  });

  it("carries out all eight parameters in one address, as one event", async () => {
    const flow = await aPublishedFlow();
    const { id } = await aContact({ email: "ann@example.com", tags: ["lead"] });
    await link.tenant.call("POST", "/fields", { body: { key: "city", name: "Город", kind: "text" } });
    await link.tenant.call("POST", "/tags", { body: { name: "vip" } });
    for (const ref of [`in${id}`, `out${id}`]) {
      await link.tenant.call("POST", "/sequences", { body: { bot: link.tenant.bot.id, name: ref, ref } });
    }
    await open(`email=ann@example.com&actions[add_to_funnel]=out${id}`);
    const before = link.server.submitted.length;
    const query = [
      "actions[add_tag]=vip",
      "actions[del_tag]=lead",
      `actions[set_field]=${encodeURIComponent("Город")}&actions[set_field_value]=${encodeURIComponent("Пермь")}`,
      `actions[add_to_funnel]=in${id}&actions[remove_from_funnel]=out${id}`,
      `actions[run_bot]=${flow}&actions[step_ref]=pause`,
    ].join("&");
    expect(await open(`email=ANN@example.com&${query}`)).toEqual(done);
    expect(link.server.submitted.length - before).toBe(1);
    expect(await read(id)).toMatchObject({ tags: ["vip"], fields: { city: "Пермь" }, sequences: [`in${id}`] });
    const positions = await link.tenant.call("GET", `/contacts/${id}/positions`);
    expect(positions.json().data).toMatchObject([{ flow, step: "pause" }]);
    expect(await open(`email=ann@example.com&actions[stop_bot]=${flow}`)).toEqual(done);
    expect((await link.tenant.call("GET", `/contacts/${id}/positions`)).json().data).toEqual([]);
  });

  it.each(["", "&actions[step_ref]=gone", "&actions[step_ref]={%step%}"])(
    "starts a flow at its first step with %j for a step",
    async (step) => {
      const flow = await aPublishedFlow();
      const { id } = await aContact({ email: "ann@example.com" });
      expect(await open(`email=ann@example.com&actions[run_bot]=${flow}${step}`)).toEqual(done);
      const events = await link.tenant.call("GET", `/contacts/${id}/events`);
      expect(events.json().data[0].facts).toContainEqual(
        expect.objectContaining({ kind: "flow_started", flow, step: "hello" }),
      );
    },
  );

  it("starts a flow at its first step also where the step's ref could not be one", async () => {
    const flow = await aPublishedFlow();
    await aContact({ email: "ann@example.com" });
    for (const step of ["x".repeat(80), encodeURIComponent("шаг 2")]) {
      expect(await open(`email=ann@example.com&actions[run_bot]=${flow}&actions[step_ref]=${step}`)).toEqual(done);
    }
  });

  it.each(["", "/"])("is there with %j at the end of its path", async (end) => {
    const { id } = await aContact({ email: "ann@example.com", tags: ["x"] });
    const url = `${link.door.replace("/gc?", `/gc${end}?`)}&email=ann@example.com&actions[del_tag]=x`;
    expect((await link.server.app.inject({ method: "POST", url })).json()).toEqual({ success: true });
    expect(await read(id)).toMatchObject({ tags: [] });
  });

  it("takes the domain in whatever case", async () => {
    await aContact({ email: "ann@example.com", tags: ["x"] });
    const { domain } = link.tenant.workspace;
    const url = `${link.door.replace(domain, domain.toUpperCase())}&email=ann@example.com&actions[del_tag]=x`;
    expect((await link.server.app.inject({ method: "GET", url })).json()).toEqual(done.body);
  });

  it("adds no tag that nobody has set up, and says so beside the success", async () => {
    const { id } = await aContact({ email: "ann@example.com" });
    expect(await open("email=ann@example.com&actions[add_tag]=ghost")).toEqual({
      status: 200,
      body: { success: true, actions: [{ action: "add_tag", success: false, error: "tag_not_found" }] },
    });
    expect(await read(id)).toMatchObject({ tags: [] });
    expect((await link.tenant.call("GET", "/tags")).json()).toEqual({ data: [] });
  });

  it.each([
    ["actions[run_bot]=nosuch", "flow_not_published"],
    ["actions[stop_bot]=nosuch", "flow_not_found"],
    ["actions[add_to_funnel]=nosuch", "sequence_not_found"],
    ["actions[remove_from_funnel]=nosuch", "sequence_not_found"],
    ["actions[set_field]=nosuch&actions[set_field_value]=1", "field_not_found"],
  ])("does nothing at all where %s names what is not there", async (query, error) => {
    const { id } = await aContact({ email: "ann@example.com" });
    await link.tenant.call("POST", "/tags", { body: { name: "vip" } });
    expect(await open(`email=ann@example.com&actions[add_tag]=vip&${query}`)).toEqual({
      status: 200,
      body: { success: false, error, message: expect.any(String) },
    });
    expect(await read(id)).toMatchObject({ tags: [] });
  });
});

describe("the person", () => {
  beforeEach(async () => {
    await link.tenant.call("POST", "/tags", { body: { name: "x" } });
  });
  const tagged = async (...ids: readonly number[]) => {
    const contacts = await Promise.all(ids.map(read));
    return contacts.map(({ tags }) => tags.length > 0);
  };

  it("is found by CUID, whatever the e-mail says", async () => {
    const [ann, bob] = [await aContact({ email: "ann@example.com" }), await aContact({ email: "bob@example.com" })];
    expect(await open(`idBotHelp=${ann.cuid}&email=bob@example.com&actions[add_tag]=x`)).toEqual(done);
    expect(await tagged(ann.id, bob.id)).toEqual([true, false]);
  });

  it("is found by e-mail where the CUID was not filled", async () => {
    const ann = await aContact({ email: "ann+shop@example.com" });
    const query = "idBotHelp={object.user.bothelp_id}&email=ann+shop@example.com&actions[add_tag]=x";
    expect(await open(query)).toEqual(done);
    expect(await tagged(ann.id)).toEqual([true]);
  });

  it("is told by the phone where several have the e-mail", async () => {
    const first = await aContact({ email: "a@example.com", phone: "+79001234567" });
    const second = await aContact({ email: "a@example.com", phone: "+79007654321" });
    await open("email=a@example.com&phone=+79001234567&actions[add_tag]=x");
    expect(await tagged(first.id, second.id)).toEqual([true, false]);
    await open("email=a@example.com&phone=8%20(900)%20765-43-21&actions[add_tag]=x");
    expect(await tagged(second.id)).toEqual([true]);
  });

  it("is the one who was active last where that does not decide either", async () => {
    const first = await aContact({ email: "a@example.com" });
    link.server.pass(1000);
    const second = await aContact({ email: "a@example.com" });
    await link.server.database.db
      .updateTable("contacts")
      .set({ lastInboundAt: new Date(link.server.now() + 5000) })
      .where("id", "=", first.id)
      .execute();
    await open("email=a@example.com&phone={object.user.phone}&actions[add_tag]=x");
    expect(await tagged(first.id, second.id)).toEqual([true, false]);
  });

  it("is found where the CUID's name stands twice, as BotHelp's page has it for orders", async () => {
    const ann = await aContact({ email: "ann@example.com" });
    expect(await open(`idBotHelp=idBotHelp=${ann.cuid}&actions[add_tag]=x`)).toEqual(done);
    expect(await tagged(ann.id)).toEqual([true]);
    const unfilled = "idBotHelp=idBotHelp={object.user.bothelp_id}&email=ann@example.com&actions[del_tag]=x";
    expect(await open(unfilled)).toEqual(done);
  });

  it("of several with the e-mail is the one of the bot whose flow or sequence is named", async () => {
    const flow = await aPublishedFlow();
    await link.tenant.call("POST", "/sequences", { body: { bot: link.tenant.bot.id, name: "Tips", ref: "tips" } });
    const other = (await link.tenant.call("POST", "/bots", { body: { name: "Other" } })).json();
    const here = await aContact({ email: "a@example.com" });
    link.server.pass(1000);
    const there = await aContact({ email: "a@example.com", phone: "+79001234567", bot: other.ref });
    const person = "email=a@example.com&phone=79001234567";
    expect(await open(`${person}&actions[run_bot]=${flow}&actions[add_tag]=x`)).toEqual(done);
    expect(await open(`${person}&actions[add_to_funnel]=tips`)).toEqual(done);
    expect(await open(`${person}&actions[stop_bot]=${flow}`)).toEqual(done);
    expect(await tagged(here.id, there.id)).toEqual([true, false]);
    expect(await read(here.id)).toMatchObject({ sequences: ["tips"] });
    expect((await link.tenant.call("GET", `/contacts/${here.id}/positions`)).json().data).toEqual([]);
  });

  it("of another bot than the flow or the sequence is told so", async () => {
    const flow = await aPublishedFlow();
    await link.tenant.call("POST", "/sequences", { body: { bot: link.tenant.bot.id, name: "Tricks", ref: "tricks" } });
    const other = (await link.tenant.call("POST", "/bots", { body: { name: "Other" } })).json();
    const there = await aContact({ bot: other.ref });
    for (const [query, error] of [
      [`actions[run_bot]=${flow}`, "flow_not_published"],
      ["actions[add_to_funnel]=tricks", "sequence_not_found"],
    ]) {
      expect((await open(`idBotHelp=${there.cuid}&${query}`)).body).toEqual({
        success: false,
        error,
        message: expect.stringMatching(/of the bot "[^"]+", and the contact is one of the bot "Other"$/),
      });
    }
  });

  it("who is not there is a business miss, not a broken link", async () => {
    const miss = { status: 200, body: { success: false, error: "subscriber_not_found" } };
    await aContact({ email: "ann@example.com" });
    expect(await open("email=nobody@example.com&actions[add_tag]=x")).toEqual(miss);
    expect(await open("idBotHelp=nobody&email=ann@example.com&actions[add_tag]=x")).toEqual(miss);
  });

  it("of another workspace, or of another bot than the token's, is not there", async () => {
    const { cuid } = await aContact({ email: "ann@example.com" });
    const other = await aTenant(link.server);
    const foreign = await other.mintToken({ kind: "action-link" });
    const bound = await link.tenant.mintToken({ kind: "action-link", botId: other.bot.id });
    for (const [domain, token] of [
      [other.workspace.domain, foreign],
      [link.tenant.workspace.domain, bound],
    ]) {
      const url = `/compat/bothelp/gc?domain_name=${domain}&token=${token}&idBotHelp=${cuid}&actions[add_tag]=x`;
      expect((await link.server.app.inject(url)).json()).toEqual({ success: false, error: "subscriber_not_found" });
    }
  });
});

describe("a bad link", () => {
  it.each([
    ["without an action", "email=a@example.com", 400, "no_actions"],
    ["without a person", "phone=79001234567&actions[add_tag]=x", 400, "person_missing"],
    ["in windows-1251", "email=a@example.com&actions[add_tag]=%CA%F3%F0%F1", 400, "bad_encoding"],
    ["with U+0000", "email=a@example.com%00&actions[add_tag]=x", 400, "bad_encoding"],
  ])("%s is refused", async (_what, query, status, error) => {
    expect(await open(query)).toEqual({ status, body: { success: false, error, message: expect.any(String) } });
  });

  it.each([
    ["domain_name=nosuch&token=TOKEN", 403, "access_denied"],
    ["domain_name=DOMAIN&token=wrong", 403, "access_denied"],
    ["domain_name=DOMAIN&token=API", 403, "access_denied"],
    ["domain_name=DOMAIN", 401, "credentials_missing"],
    ["token=TOKEN", 401, "credentials_missing"],
  ])("with %s is refused", async (credentials, status, error) => {
    const query = credentials
      .replace("DOMAIN", link.tenant.workspace.domain)
      .replace("TOKEN", link.door.split("token=")[1] ?? "")
      .replace("API", link.tenant.token);
    const url = `/compat/bothelp/gc?${query}&email=a@example.com&actions[add_tag]=x`;
    const answer = await link.server.app.inject({ method: "GET", url });
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
  });

  it("is answered in the vendor's shape also where the method or the address is wrong", async () => {
    const put = await link.server.app.inject({ method: "PUT", url: link.door });
    expect([put.statusCode, put.headers.allow, put.json().success]).toEqual([405, "GET, POST", false]);
    const missing = await link.server.app.inject({ method: "GET", url: "/compat/bothelp/nothing" });
    expect([missing.statusCode, missing.json().success]).toEqual([404, false]);
  });

  it("works for nobody once its token is revoked", async () => {
    const { data } = (await link.tenant.call("GET", "/tokens")).json();
    const { id } = data.find(({ kind }: { kind: string }) => kind === "action-link");
    await link.tenant.call("DELETE", `/tokens/${id}`);
    expect((await open("email=a@example.com&actions[add_tag]=x")).status).toBe(403);
  });
});

describe("the body of a POST", () => {
  it.each([
    ["broken JSON", "application/json", "{{{"],
    ["an unknown type", "application/x-nonsense", "x"],
    ["a type that is none", "nonsense;;", "x"],
    ["more than the limit", "application/json", "x".repeat(2 * 1024 * 1024)],
  ])("does not matter: %s", async (_what, type, payload) => {
    await aContact({ email: "ann@example.com", tags: ["x"] });
    const url = `${link.door}&email=ann@example.com&actions[del_tag]=x`;
    const answer = await link.server.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
  });
});

describe("the integration log", () => {
  it("has a call as failed of which an action was not done, with what was wrong", async () => {
    await aContact({ email: "ann@example.com", tags: ["x"] });
    await open("email=ann@example.com&actions[add_tag]=ghost&actions[del_tag]=x");
    const [entry] = (await link.tenant.call("GET", "/integration-log")).json().data;
    expect(entry).toMatchObject({ ok: false, summary: "add_tag: tag_not_found", response: { status: 200 } });
  });

  it("holds every call to a domain that exists, with the token masked", async () => {
    const { id } = await aContact({ email: "ann@example.com", tags: ["x"] });
    await open("email=ann@example.com&actions[del_tag]=x");
    await open("email=ann@example.com");
    await link.server.app.inject(
      `/compat/bothelp/gc?domain_name=${link.tenant.workspace.domain}&token=wrong&actions[add_tag]=x`,
    );
    await link.server.app.inject(`/compat/bothelp/gc?domain_name=nosuch&token=wrong&actions[add_tag]=x`);
    const log = (await link.tenant.call("GET", "/integration-log")).json().data;
    expect(log).toMatchObject([
      { integration: "action-link", ok: false, contactId: null, response: { status: 403 } },
      { ok: false, summary: expect.stringContaining("at least one action"), response: { status: 400 } },
      { ok: true, summary: "done", contactId: id, response: { status: 200, body: { success: true } } },
    ]);
    expect(JSON.stringify(log)).not.toContain(link.door.split("token=")[1]);
    const ofContact = await link.tenant.call("GET", `/integration-log?contact=${id}&integration=action-link&ok=true`);
    expect(ofContact.json().data).toHaveLength(1);
  });
});
