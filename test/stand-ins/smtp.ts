import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { testCertificate, testKey } from "./certificate.ts";

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  readonly isSecure: boolean;
}

/** Where a conversation goes wrong, and with which answer; `cut`: no answer, the connection ends. */
export interface SmtpFault {
  readonly at: "greeting" | "login" | "sender" | "recipient" | "data";
  readonly code?: number;
  readonly message?: string;
  readonly cut?: true;
}

export interface SmtpStandIn {
  readonly port: number;
  readonly taken: TakenMail[];
  /** From the `after`-th next conversation on. */
  fail(fault: SmtpFault, after?: number): void;
  heal(): void;
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it takes. */
export async function startSmtpStandIn(
  login: { readonly user: string; readonly password: string },
  options: SMTPServerOptions = {},
): Promise<SmtpStandIn> {
  const taken: TakenMail[] = [];
  let current: SmtpFault | undefined;
  let healthyLeft = 0;
  const meets = (at: SmtpFault["at"]) => (current?.at === at && healthyLeft <= 0 ? current : undefined);
  const end = (fault: SmtpFault, callback: (error: Error) => void) => {
    if (fault.cut !== true) {
      callback(Object.assign(new Error(fault.message ?? "no"), { responseCode: fault.code ?? 451 }));
      return;
    }
    for (const { _socket: socket } of server.connections as Set<{ _socket?: { destroy(): void } } & object>)
      socket?.destroy();
  };
  const at = (where: SmtpFault["at"]) => (_what: unknown, _session: unknown, callback: (error?: Error) => void) => {
    const fault = meets(where);
    if (fault === undefined) callback();
    else end(fault, callback);
  };
  const server = new SMTPServer({
    key: testKey,
    cert: testCertificate,
    logger: false,
    allowInsecureAuth: true,
    closeTimeout: 100,
    onConnect(_session, callback) {
      const fault = meets("greeting");
      healthyLeft -= 1;
      if (fault === undefined) callback();
      else end(fault, callback);
    },
    onAuth({ username, password }, _session, callback) {
      const fault = current?.at === "login" && healthyLeft < 0 ? current : undefined;
      const isRight = username === login.user && password === login.password;
      if (fault !== undefined) end(fault, callback);
      else callback(isRight ? null : new Error("bad login"), isRight ? { user: username } : undefined);
    },
    onMailFrom: at("sender"),
    onRcptTo: at("recipient"),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
      stream.on("end", async () => {
        const fault = meets("data");
        if (fault !== undefined) {
          end(fault, callback);
          return;
        }
        const raw = Buffer.concat(chunks).toString("latin1");
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          mail: await PostalMime.parse(Buffer.concat(chunks)),
          isSecure: session.secure,
        });
        callback(null, "taken");
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    fail(fault, after = 0) {
      current = fault;
      healthyLeft = after;
    },
    heal() {
      current = undefined;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
