import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import { until } from "../../../test/until.ts";
import type { MemberRole } from "../../model/conversation.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";

let server: TestServer;
let tenant: Tenant;
let port = 0;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  const address = server.app.server.address();
  port = typeof address === "object" ? (address?.port ?? 0) : 0;
});
afterAll(() => server.close());

const password = "correct horse battery";
let people = 0;

async function aMember(role: MemberRole, of: Tenant = tenant) {
  people += 1;
  const email = `ended${people}@example.com`;
  const userId = await createUser(server.database.db, { email, name: "", passwordHash: await hashPassword(password) });
  const { id: memberId } = await joinWorkspace(server.database.db, of.workspace.id, userId, role);
  const [laptop, phone] = await Promise.all(
    ["1", "2"].map(async (device) => {
      const browser = aBrowser(server, `10.${device}.7.${people}`);
      expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
      return browser;
    }),
  );
  if (laptop === undefined || phone === undefined) throw new Error("there are two devices");
  return { email, memberId, userId, laptop, phone };
}
const codeOf = (answer: { json(): { error?: { code: string } } }) => answer.json().error?.code;
const isIn = async (browser: TestBrowser) => (await browser.call("GET", "/auth/session")).json().user !== null;

/** What an open page of the admin listens to. */
async function follow(headers: Record<string, string>) {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, { headers });
  const stream = { text: "", isOver: false };
  const read = async () => {
    for await (const chunk of response.body ?? []) stream.text += Buffer.from(chunk).toString();
    stream.isOver = true;
  };
  void read();
  await until("it has begun", () => stream.text.includes(": here"));
  return stream;
}

describe("an administrator ends a member's sessions", () => {
  it("all of them at once, with what is open for them, and it stands in the audit log", async () => {
    const admin = await aMember("admin");
    const agent = await aMember("agent");
    const [theirs, mine] = [
      await follow({ cookie: agent.laptop.cookie }),
      await follow({ cookie: admin.laptop.cookie }),
    ];
    const answer = await admin.laptop.call("DELETE", `/api/v1/members/${agent.memberId}/sessions`);
    expect(answer.statusCode).toBe(204);
    await until("their stream is over", () => theirs.isOver);
    // No clock was moved: what was read of the session a moment ago does not count.
    expect(await Promise.all([agent.laptop, agent.phone].map(isIn))).toEqual([false, false]);
    expect((await agent.laptop.call("GET", "/api/v1/bots")).statusCode).toBe(401);
    expect(await isIn(admin.laptop)).toBe(true);
    expect(mine.isOver).toBe(false);
    const [entry] = (await tenant.call("GET", "/audit-log?operation=endMemberSessions")).json().data;
    expect(entry).toMatchObject({
      actor: { kind: "member", id: admin.memberId },
      subject: { kind: "member", ref: String(agent.memberId), name: agent.email },
    });
    // They may come again.
    expect((await agent.phone.call("POST", "/auth/session", { email: agent.email, password })).statusCode).toBe(200);
  });

  it("but no owner's unless they are one, none of another workspace's people, and nobody below does", async () => {
    const [owner, admin, editor] = [await aMember("owner"), await aMember("admin"), await aMember("editor")];
    const stranger = await aMember("agent", await aTenant(server));
    const end = async (by: TestBrowser, memberId: number) =>
      await by.call("DELETE", `/api/v1/members/${memberId}/sessions`);
    expect(codeOf(await end(admin.laptop, owner.memberId))).toBe("session.not_owner");
    expect(codeOf(await end(editor.laptop, admin.memberId))).toBe("token.missing_scope");
    expect(codeOf(await end(owner.laptop, stranger.memberId))).toBe("member.not_found");
    expect(await Promise.all([owner, admin, stranger].map(({ laptop }) => isIn(laptop)))).toEqual([true, true, true]);
    expect((await end(owner.laptop, admin.memberId)).statusCode).toBe(204);
    expect(await isIn(admin.laptop)).toBe(false);
  });
});

describe("what is open for a member", () => {
  it("ends with their own signing out of the device, and no other does", async () => {
    const { laptop, phone } = await aMember("agent");
    const [onLaptop, onPhone] = [await follow({ cookie: laptop.cookie }), await follow({ cookie: phone.cookie })];
    await laptop.call("DELETE", "/auth/session");
    await until("it is over", () => onLaptop.isOver);
    expect(onPhone.isOver).toBe(false);
    expect(await isIn(phone)).toBe(true);
  });

  it("ends with the membership", async () => {
    const [owner, agent] = [await aMember("owner"), await aMember("agent")];
    const stream = await follow({ cookie: agent.laptop.cookie });
    expect((await owner.laptop.call("DELETE", `/api/v1/members/${agent.memberId}`)).statusCode).toBe(204);
    await until("it is over", () => stream.isOver);
  });
});
