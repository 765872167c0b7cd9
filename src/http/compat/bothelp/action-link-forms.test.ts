import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { actionLinkDoor } from "../../../../test/action-link-door.ts";

const link = actionLinkDoor();
const { aContact, read } = link;

describe("a link whose parameters are in the body", () => {
  const boundary = "----edge";
  const parts = (values: readonly (readonly [string, string])[]) =>
    values.map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );

  it.each(["urlencoded", "multipart", "JSON", "a part of it in the address"])("is carried out: %s", async (form) => {
    const { id } = await aContact({ email: "ann@example.com", tags: ["x"] });
    await link.tenant.call("POST", "/fields", { body: { key: "city", name: "Город", kind: "text" } });
    const [path = "", query = ""] = link.door.split("?");
    const given = new URLSearchParams(query);
    const values = [
      ...given,
      ["email", "ann@example.com"],
      ["actions[del_tag]", "x"],
      ["actions[set_field]", "Город"],
      ["actions[set_field_value]", "Пермь #1"],
    ] as const;
    const actions = { del_tag: "x", set_field: "Город", set_field_value: "Пермь #1" };
    const { url, type, payload } = {
      urlencoded: {
        url: path,
        type: "application/x-www-form-urlencoded",
        payload: String(new URLSearchParams(values.map(([name, value]) => [name, value]))),
      },
      multipart: {
        url: path,
        type: `multipart/form-data; boundary=${boundary}`,
        payload: `${parts(values).join("")}--${boundary}--\r\n`,
      },
      JSON: {
        url: path,
        type: "application/json",
        payload: JSON.stringify({ ...Object.fromEntries(given), email: "ann@example.com", actions }),
      },
      "a part of it in the address": {
        url: `${path}?token=${given.get("token")}&email=ann@example.com`,
        type: "application/x-www-form-urlencoded",
        payload: `domain_name=${given.get("domain_name")}&actions[del_tag]=x&actions[set_field]=city&actions[set_field_value]=Пермь+#1`,
      },
    }[form] ?? { url: "", type: "", payload: "" };
    const answer = await link.server.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    expect(await read(id)).toMatchObject({ tags: [], fields: { city: "Пермь #1" } });
  });

  it.each([
    ["broken JSON", "application/json", "{{{"],
    ["no form", "multipart/form-data; boundary=a", "x"],
    ["too much", "application/x-www-form-urlencoded", `domain_name=${"x".repeat(70_000)}`],
  ])("lacks its credentials where the body is %s", async (_what, type, payload) => {
    const [url = ""] = link.door.split("?");
    const answer = await link.server.app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
    expect([answer.statusCode, answer.json().error]).toEqual([401, "credentials_missing"]);
  });
});

describe("an address with letters as they are", () => {
  async function sendRaw(query: string, method = "POST"): Promise<{ status: string; body: unknown }> {
    if (!link.server.app.server.listening) await link.server.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = link.server.app.server.address() as { port: number };
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(`${method} ${link.door}&${query} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`),
      );
      socket.on("data", (data) => {
        text += data.toString();
      });
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
    });
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    return { status: head.split(" ")[1] ?? "", body: JSON.parse(body) };
  }

  it.each(["GET", "POST"])(
    "is read as UTF-8 by %s, since GetCourse fills in what people are called",
    async (method) => {
      const { id } = await aContact({ email: "ann@example.com" });
      await link.tenant.call("POST", "/fields", { body: { key: "city", name: "Город", kind: "text" } });
      const query =
        "email=ann@example.com&actions[set_field]=Город&actions[set_field_value]=Россия,+Нижний+Новгород%20(НН)";
      expect(await sendRaw(query, method)).toEqual({ status: "200", body: { success: true } });
      expect(await read(id)).toMatchObject({ fields: { city: "Россия, Нижний Новгород (НН)" } });
    },
  );

  it("is answered in the vendor's shape where something else is wrong with it", async () => {
    expect(await sendRaw("email=нет@example.com&actions[add_tag]=x")).toEqual({
      status: "200",
      body: { success: false, error: "subscriber_not_found" },
    });
  });
});
