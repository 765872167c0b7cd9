import { expect } from "vitest";
import type { DemoServer } from "./demo-server.ts";

/** As the native API shows them, as far as tests look. */
interface DemoContact {
  readonly id: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly tags: readonly string[];
  readonly channels: readonly { readonly externalId: string; readonly status: string }[];
}
interface DemoMessage {
  readonly status: string;
  readonly direction: string;
  readonly externalId: string | null;
  readonly error: string | null;
  readonly content: { readonly text: string };
}

/** The demo bot on a messenger. */
export interface DemoChannel {
  readonly id: number;
  /** Opens it, with Ada's e-mail address and the course "Chess". */
  readonly link: string;
  readonly qrSvg: string;
  /** By what the messenger calls them. */
  contactOf(person: string): Promise<DemoContact>;
  /** Oldest first. */
  messagesOf(person: string): Promise<DemoMessage[]>;
}

/** Connects the demo bot with a messenger's stand-in, as the admin does, and makes an entry link. */
export async function demoChannel(server: DemoServer, kind: string, settings: object): Promise<DemoChannel> {
  const channel = await server.call<{ id: number; status: string }>("POST", "/channels", {
    bot: "demo",
    kind,
    name: kind,
    settings,
  });
  expect(channel.status).toBe("connected");
  const { links } = await server.call<{ links: { kind: string; url: string; qrSvg: string }[] }>(
    "POST",
    "/entry-links",
    { bot: "demo", name: "Poster", data: { email: "ada@e.com", variables: { course: "Chess" } } },
  );
  const link = links.find((one) => one.kind === kind) ?? expect.fail(`no link for ${kind}`);

  async function contactOf(person: string): Promise<DemoContact> {
    const { data } = await server.call<{ data: DemoContact[] }>("GET", `/contacts?channel=${channel.id}`);
    return data.find(({ channels }) => channels.some(({ externalId }) => externalId === person)) ?? expect.fail(person);
  }
  return {
    id: channel.id,
    link: link.url,
    qrSvg: link.qrSvg,
    contactOf,
    async messagesOf(person) {
      const { id } = await contactOf(person);
      return (await server.call<{ data: DemoMessage[] }>("GET", `/contacts/${id}/messages`)).data.toReversed();
    },
  };
}
