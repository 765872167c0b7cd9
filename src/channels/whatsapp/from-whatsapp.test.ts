import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromWhatsApp } from "./from-whatsapp.ts";

const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/notifications.json", import.meta.url), "utf8"),
) as Readonly<Record<string, unknown>>;
const translate = (name: string) => fromWhatsApp(fixtures[name], "106540352242922") ?? expect.fail("not understood");

const said = (text: string) => ({ happening: { kind: "message", message: { text } } });
const file = (attachment: object) => ({ happening: { kind: "message", message: { attachments: [attachment] } } });
const pressed = (payload: string, title: string) => ({ happening: { kind: "button", payload, title } });

describe("a notification of WhatsApp", () => {
  it.each<[string, object]>([
    ["text", { ...said("hello"), at: expect.any(Number), externalId: expect.stringMatching(/^wamid\./) }],
    ["linkText", said("eyJlIjoiZW1haWxAZ21haWwuY29tIn0")],
    ["advertisement", said("how much?")],
    ["button", pressed("f1:s1:go", "Go on")],
    ["row", pressed("f1:s1:b", "Second")],
    ["templateButton", pressed("f1:s1:yes", "Yes")],
    ["flowForm", said("[interactive]")],
    [
      "picture",
      { happening: { message: { text: "look", attachments: [{ kind: "image", fileId: "1003383421387256" }] } } },
    ],
    ["video", file({ kind: "video", mimeType: "video/mp4" })],
    ["voice", file({ kind: "voice" })],
    ["song", file({ kind: "audio" })],
    ["document", file({ kind: "file", name: "price.pdf" })],
    ["sticker", file({ kind: "image", mimeType: "image/webp" })],
    ["location", said("Guggenheim\n1071 5th Ave\n40.782910059774, -73.959075808525")],
    ["card", said("Ann Lee: +1 555 0100")],
    ["order", said("please")],
    ["unsupported", said("[unsupported]")],
    ["welcome", { happening: { kind: "start" } }],
  ])("%s says what happened, and who the person is", (name, expected) => {
    const [event, ...more] = translate(name);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      ...expected,
      from: "16505551234",
      profile: { name: "Sheena Nelson", phone: "+16505551234" },
    });
  });

  it("of somebody who does not show their phone has their id, and no phone", () => {
    const [event] = translate("withoutPhone");
    expect(event).toMatchObject({ from: "US.13491208655302741918", profile: { name: "Sheena Nelson" } });
    expect(event?.profile).not.toHaveProperty("phone");
  });

  it.each<[string, object]>([
    ["delivered", { status: "delivered", mid: expect.stringMatching(/I50=$/) }],
    ["read", { status: "read", mid: expect.stringMatching(/I50=$/) }],
    ["played", { status: "read" }],
    ["failed", { status: "failed", reason: expect.stringMatching(/ecosystem.*\(Meta's error 131049\)$/) }],
  ])("%s says what became of a message", (name, happening) => {
    expect(translate(name)).toMatchObject([
      { from: "16505551234", onlyKnown: true, happening: { kind: "message_status", ...happening } },
    ]);
  });

  it.each(["sent", "reaction", "newNumber", "otherNumber", "templateStatus"])(
    "of the kind %s means nothing",
    (name) => {
      expect(translate(name)).toEqual([]);
    },
  );
});

describe("what was written in the app of a number that is on both", () => {
  it("is from outside, to whom it was written", () => {
    expect(translate("appEcho")).toMatchObject([
      {
        from: "16505551234",
        onlyKnown: true,
        happening: { kind: "outside_message", message: { text: "Come by tomorrow" } },
      },
    ]);
  });
});
