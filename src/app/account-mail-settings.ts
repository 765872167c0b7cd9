import { parseEmail } from "../engine/values.ts";

/** A mail server of the operator's, and how it is talked to. */
interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `none`: for one on the same machine. */
  readonly tls: "implicit" | "starttls" | "none";
  /** Empty, with the password: it takes mail without a login. */
  readonly user: string;
  readonly password: string;
}

/** How the server itself writes to people about their accounts. */
export interface AccountMailSettings {
  readonly server: SmtpServer;
  readonly from: { readonly name: string; readonly address: string };
}

const ports = { "smtps:": 465, "smtp:": 587 } as const;

/** `smtps://user:password@host:465`, `smtp://…` (with STARTTLS, unless `?tls=none`). Undefined: not one. */
export function parseSmtpUrl(text: string): SmtpServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  if ((protocol !== "smtps:" && protocol !== "smtp:") || hostname === "" || !/^\/?$/.test(pathname) || hash !== "")
    return undefined;
  const isPlain = protocol === "smtp:" && search === "?tls=none";
  if (search !== "" && !isPlain) return undefined;
  const plain = protocol === "smtps:" ? "implicit" : "starttls";
  try {
    return {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? ports[protocol] : Number(port),
      tls: isPlain ? "none" : plain,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
}

/** `Name <address>`, or the address alone. Undefined: not one. */
export function parseMailSender(text: string): AccountMailSettings["from"] | undefined {
  const [, named = "", inBrackets] = /^([^<>\r\n]*)<([^<>]+)>$/.exec(text.trim()) ?? [];
  const address = parseEmail(inBrackets ?? text);
  if (address === undefined) return undefined;
  return { name: named.trim().replace(/^"(.*)"$/, "$1"), address };
}
