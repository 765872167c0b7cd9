import type { GraphPayload, GraphRefusal } from "./graph.ts";

interface Interactive {
  readonly type: string;
  readonly header?: { readonly type: string } & Readonly<
    Record<string, { readonly link?: string } | string | undefined>
  >;
  readonly body?: { readonly text: string };
  readonly action?: {
    readonly name?: string;
    readonly button?: string;
    readonly buttons?: readonly {
      readonly type: string;
      readonly reply: { readonly id: string; readonly title: string };
    }[];
    readonly sections?: readonly {
      readonly title?: string;
      readonly rows: readonly { readonly id: string; readonly title: string }[];
    }[];
    readonly parameters?: { readonly display_text: string; readonly url: string };
  };
}

type Media = { readonly link?: string; readonly id?: string; readonly caption?: string; readonly filename?: string };

type Place = {
  readonly latitude?: string;
  readonly longitude?: string;
  readonly name?: string;
  readonly address?: string;
};

const mediaTypes = ["image", "video", "audio", "document", "sticker"];

/** What of a message on WhatsApp a person sees, and can press. */
export function readWhatsAppMessage(body: GraphPayload): {
  readonly text: string;
  readonly files: readonly string[];
  readonly choices: readonly {
    readonly id: string;
    readonly title: string;
    readonly kind: "button_reply" | "list_reply";
  }[];
  readonly links: readonly string[];
} {
  const { type } = body;
  const interactive = body.interactive as Interactive | undefined;
  if (type === "interactive" && interactive !== undefined) {
    const { buttons = [], sections = [], parameters } = interactive.action ?? {};
    const choices = [
      ...buttons.map(({ reply }) => ({ ...reply, kind: "button_reply" as const })),
      ...sections.flatMap(({ rows }) => rows).map((row) => ({ ...row, kind: "list_reply" as const })),
    ];
    const links = parameters === undefined ? [] : [parameters.display_text];
    const { header } = interactive;
    const media = header?.[header.type] as Media | undefined;
    const files = media === undefined ? [] : [media.link ?? media.id ?? ""];
    return { text: interactive.body?.text ?? "", files, choices, links };
  }
  if (mediaTypes.includes(String(type))) {
    const media = body[String(type)] as Media;
    return { text: media.caption ?? "", files: [media.link ?? media.id ?? ""], choices: [], links: [] };
  }
  if (type === "location") {
    const { latitude = "", longitude = "", name = "", address = "" } = body.location as Place;
    return { text: `${name} ${address} ${latitude} ${longitude}`, files: [], choices: [], links: [] };
  }
  const { body: text = "" } = (body.text ?? {}) as { readonly body?: string };
  return { text, files: [], choices: [], links: [] };
}

const bad = (message: string): GraphRefusal => ({ code: 131009, message: `(#131009) ${message}` });
const isBetween = (text: unknown, least: number, most: number): text is string =>
  typeof text === "string" && text.length >= least && text.length <= most;

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages and the pages of each kind below it. */
export function refuseWhatsAppMessage(payload: GraphPayload): GraphRefusal | undefined {
  const { messaging_product: product, type } = payload;
  const to = payload.to ?? payload.recipient;
  if (product !== "whatsapp" || !isBetween(to, 1, 40)) return { code: 100, message: "(#100) Invalid parameter" };
  if (to.endsWith("000000")) return { code: 131026, message: "(#131026) Message undeliverable" };
  if (type === "text") {
    const { body } = (payload.text ?? {}) as { readonly body?: unknown };
    return isBetween(body, 1, 4096) && body.trim() !== "" ? undefined : bad("text.body must have 1 to 4096 characters");
  }
  if (type === "location") return refusePlace((payload.location ?? {}) as Place);
  if (type === "template") return refuseTemplate(payload.template);
  if (type === "interactive") return refuseInteractive(payload.interactive as Interactive);
  return mediaTypes.includes(String(type))
    ? refuseMedia(String(type), (payload[String(type)] ?? {}) as Media)
    : bad(`unknown type ${String(type)}`);
}

function refuseMedia(type: string, media: Media): GraphRefusal | undefined {
  if (media.id === undefined && !URL.canParse(media.link ?? "")) return bad("media needs an id or a link");
  if (type === "audio" && media.caption !== undefined) return bad("audio has no caption");
  return media.caption === undefined || media.caption.length <= 1024 ? undefined : bad("caption too long");
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-messages. */
function refusePlace({ latitude, longitude, name, address }: Place): GraphRefusal | undefined {
  const isWithin = (degrees: string | undefined, most: number) =>
    degrees !== undefined && degrees !== "" && Math.abs(Number(degrees)) <= most;
  if (!isWithin(latitude, 90) || !isWithin(longitude, 180)) return bad("location needs a latitude and a longitude");
  return address !== undefined && name === undefined ? bad("an address is shown with a name only") : undefined;
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages. */
function refuseAskedPlace({ header, action }: Interactive): GraphRefusal | undefined {
  const isBare = Object.keys(action ?? {}).join() === "name" && header === undefined;
  return action?.name === "send_location" && isBare ? undefined : bad("invalid location request");
}

function refuseInteractive(interactive: Interactive): GraphRefusal | undefined {
  const { type, body, action } = interactive;
  const { buttons = [], sections = [], button: opener, parameters } = action ?? {};
  if (!isBetween(body?.text, 1, type === "list" ? 4096 : 1024)) return bad("interactive.body is too long or empty");
  if (type === "button") {
    const isGood = buttons.every(
      ({ type: kind, reply }) => kind === "reply" && isBetween(reply.title, 1, 20) && isBetween(reply.id, 1, 256),
    );
    const isUnique = new Set(buttons.map(({ reply }) => reply.title)).size === buttons.length;
    return buttons.length >= 1 && buttons.length <= 3 && isGood && isUnique ? undefined : bad("invalid buttons");
  }
  if (type === "list") {
    const rows = sections.flatMap((section) => section.rows);
    const isGood = rows.every(({ id, title }) => isBetween(id, 1, 200) && isBetween(title, 1, 24));
    return rows.length >= 1 && rows.length <= 10 && isGood && isBetween(opener, 1, 20)
      ? undefined
      : bad("invalid rows");
  }
  if (type === "location_request_message") return refuseAskedPlace(interactive);
  const isLink = isBetween(parameters?.display_text, 1, 20) && URL.canParse(parameters?.url ?? "");
  return type === "cta_url" && isLink ? undefined : bad(`unknown interactive type ${type}`);
}

interface SentTemplate {
  readonly name: string;
  readonly language: { readonly code: string };
  readonly components?: readonly { readonly type: string; readonly parameters: readonly object[] }[];
}

/** The one template that there is, with two variables in its body. */
function refuseTemplate(template: unknown): GraphRefusal | undefined {
  const { name, language, components = [] } = template as SentTemplate;
  if (name !== "order_update" || language.code !== "en_US") {
    return { code: 132001, message: "(#132001) Template name does not exist in the translation", status: 404 };
  }
  const { parameters = [] } = components.find(({ type }) => type === "body") ?? {};
  return parameters.length === 2
    ? undefined
    : { code: 132000, message: "(#132000) Number of parameters does not match the expected number of params" };
}
