import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { aFlowDocument } from "../../test/flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let flow: string;
beforeEach(async () => {
  tenant = await aTenant(server);
  const made = await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: aFlowDocument() } });
  flow = made.json().ref;
});

/** Deletes the flow between the look and the write of an entry link, so often. What a sequence has counted is not taken back with its transaction. */
async function deleteUnderWrites(times: number) {
  const { db } = server.database;
  await sql`create sequence overtakings`.execute(db);
  await sql
    .raw(`create function overtake() returns trigger language plpgsql as $$ begin
      if nextval('overtakings') <= ${times} then delete from flows where id = new.flow_id; end if;
      return new; end $$`)
    .execute(db);
  await sql`create trigger overtaken before insert on entry_links for each row execute function overtake()`.execute(db);
  onTestFinished(async () => {
    await sql`drop function overtake cascade`.execute(db);
    await sql`drop sequence overtakings`.execute(db);
  });
}

const make = () => tenant.call("POST", "/entry-links", { body: { bot: tenant.bot.ref, name: "Poster", flow } });

describe("a write whose flow is deleted at the same moment", () => {
  it("looks again: what is there after all is used", async () => {
    await deleteUnderWrites(1);
    const answer = await make();
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ flow });
  });

  it("is told so where it goes on, and has changed nothing", async () => {
    await deleteUnderWrites(1_000);
    const answer = await make();
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error).toMatchObject({ code: "request.overtaken" });
    expect((await tenant.call("GET", "/entry-links")).json().data).toEqual([]);
  });
});
