import { type AddressInfo, createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { testCertificate, testKey } from "./certificate.ts";

/** A mail in a folder. */
export interface KeptMail {
  uid: number;
  readonly raw: Buffer;
  readonly flags: Set<string>;
  /** When it came. */
  readonly at: Date;
}

interface Folder {
  uidValidity: number;
  uidNext: number;
  mails: KeptMail[];
}

/** What goes wrong at a command (`greeting` is one too): the connection ends, there is no answer, or this one. */
export interface ImapFault {
  readonly at: string;
  readonly cut?: true;
  readonly hang?: true;
  readonly answer?: string;
}

export interface ImapStandIn {
  readonly port: number;
  /** Commands that came, in order, without what was said at the login. */
  readonly commands: readonly string[];
  readonly isSecure: readonly boolean[];
  folder(name?: string): Folder;
  /** A mail comes in. Returns its number. */
  put(
    raw: string | Buffer,
    options?: { readonly folder?: string; readonly flags?: string[]; readonly at?: Date },
  ): number;
  fail(fault: ImapFault): void;
  heal(): void;
  /** The network goes. */
  dropAll(): void;
  /** The folder is made anew (by a restored backup, say): all numbers are others. */
  renumber(name?: string): void;
  close(): Promise<void>;
}

export interface ImapOptions {
  readonly tls?: "implicit" | "starttls" | "none";
  /** Left out of what the server can do. */
  readonly without?: readonly ("IDLE" | "MOVE")[];
  /** Whether a folder keeps marks that the server does not know. */
  readonly keepsMarks?: boolean;
  readonly readOnly?: boolean;
}

/** A real IMAP server on loopback as RFC 3501 has it, with IDLE (2177), MOVE (6851) and UIDPLUS (4315), as far as a reader of one folder needs. */
export async function startImapStandIn(
  login: { readonly user: string; readonly password: string },
  options: ImapOptions = {},
): Promise<ImapStandIn> {
  const { tls = "implicit" } = options;
  const folders = new Map<string, Folder>();
  const folder = (name = "INBOX") => {
    const known = folders.get(name) ?? { uidValidity: 1000, uidNext: 1, mails: [] };
    folders.set(name, known);
    return known;
  };
  folder();
  const sessions = new Set<Session>();
  const state: ServerState = { login, options, folders, commands: [], isSecure: [], fault: undefined };
  const server = createServer((socket) => {
    const session = startSession(tls === "implicit" ? secured(socket) : socket, state);
    sessions.add(session);
    socket.on("close", () => sessions.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    commands: state.commands,
    isSecure: state.isSecure,
    folder,
    put(raw, { folder: name = "INBOX", flags = [], at = new Date() } = {}) {
      const into = folder(name);
      const mail = { uid: into.uidNext, raw: Buffer.from(raw), flags: new Set(flags), at };
      into.uidNext += 1;
      into.mails.push(mail);
      for (const session of sessions) session.tell(name, `* ${into.mails.length} EXISTS`);
      return mail.uid;
    },
    fail(fault) {
      state.fault = fault;
    },
    heal() {
      state.fault = undefined;
    },
    dropAll() {
      for (const session of sessions) session.end();
    },
    renumber(name) {
      const changed = folder(name);
      changed.uidValidity += 1;
      for (const [index, mail] of changed.mails.entries()) mail.uid = index + 1;
      changed.uidNext = changed.mails.length + 1;
    },
    async close() {
      for (const session of sessions) session.end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface ServerState {
  readonly login: { readonly user: string; readonly password: string };
  readonly options: ImapOptions;
  readonly folders: Map<string, Folder>;
  readonly commands: string[];
  readonly isSecure: boolean[];
  fault: ImapFault | undefined;
}

interface Session {
  /** Says something of a folder to whoever has it open. */
  tell(folder: string, line: string): void;
  end(): void;
}

function secured(socket: Socket): TLSSocket {
  return new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({ key: testKey, cert: testCertificate }),
  });
}

const unquote = (word = "") => (word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, "$1") : word);
/** Words, quoted texts, and lists in brackets as they stand. */
const wordsOf = (line: string) => line.match(/"(?:[^"\\]|\\.)*"|\((?:[^()"]|"[^"]*")*\)|[^\s]+/g) ?? [];

function startSession(first: Socket, state: ServerState): Session {
  const { options, login, folders } = state;
  let socket = first;
  let selected: { readonly name: string; readonly folder: Folder } | undefined;
  let idleTag: string | undefined;
  /** What the next line is, where it is no command. */
  let expects: ((line: string) => void) | undefined;
  let pending = "";

  const say = (...lines: readonly string[]) => void (socket.writable && socket.write(`${lines.join("\r\n")}\r\n`));
  const isTls = () => socket instanceof TLSSocket;
  const capabilities = () =>
    [
      "IMAP4rev1",
      "ID",
      "UIDPLUS",
      ...["IDLE", "MOVE"].filter((name) => !(options.without as readonly string[] | undefined)?.includes(name)),
      ...(options.tls === "starttls" && !isTls() ? ["STARTTLS", "LOGINDISABLED"] : ["AUTH=PLAIN"]),
    ].join(" ");

  function signIn(tag: string, user: string, password: string): void {
    state.isSecure.push(isTls());
    const isRight = user === login.user && password === login.password;
    say(isRight ? `${tag} OK welcome` : `${tag} NO [AUTHENTICATIONFAILED] ${password} is wrong`);
  }

  function select(tag: string, name: string, isExamined: boolean) {
    const folder = folders.get(name);
    if (folder === undefined) return say(`${tag} NO [NONEXISTENT] no such folder`);
    selected = { name, folder };
    const kept = options.keepsMarks === false ? "" : " \\*";
    say(
      "* FLAGS (\\Seen \\Flagged \\Deleted \\Answered \\Draft)",
      `* OK [PERMANENTFLAGS (\\Seen \\Flagged \\Deleted${kept})] limited`,
      `* ${folder.mails.length} EXISTS`,
      "* 0 RECENT",
      `* OK [UIDVALIDITY ${folder.uidValidity}] valid`,
      `* OK [UIDNEXT ${folder.uidNext}] next`,
      `${tag} OK [${isExamined || options.readOnly === true ? "READ-ONLY" : "READ-WRITE"}] selected`,
    );
  }

  function search(tag: string, criteria: string, { mails }: Folder): void {
    const since = /SINCE "?(\d{1,2}-\w{3}-\d{4})"?/.exec(criteria)?.[1];
    const mark = /UNKEYWORD (\S+)/.exec(criteria)?.[1];
    const found = mails.filter(
      ({ flags, at }) =>
        !(criteria.includes("UNSEEN") && flags.has("\\Seen")) &&
        !(criteria.includes("UNDELETED") && flags.has("\\Deleted")) &&
        !(mark !== undefined && flags.has(mark)) &&
        !(since !== undefined && at.getTime() < Date.parse(`${since} UTC`)),
    );
    say(`* SEARCH ${found.map(({ uid }) => uid).join(" ")}`.trim(), `${tag} OK found`);
  }

  function fetch(tag: string, mail: KeptMail, wanted: string, seq: number): void {
    const parts: (string | Buffer)[] = [`UID ${mail.uid}`];
    if (wanted.includes("RFC822.SIZE")) parts.push(` RFC822.SIZE ${mail.raw.length}`);
    const [, start = "0", length] = /BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?/.exec(wanted) ?? [];
    if (wanted.includes("BODY.PEEK[]")) {
      const cut = mail.raw.subarray(Number(start), length === undefined ? undefined : Number(start) + Number(length));
      parts.push(` BODY[]${length === undefined ? "" : `<${start}>`} {${cut.length}}\r\n`, cut);
    }
    if (wanted.includes("BODY.PEEK[HEADER]")) {
      const head = mail.raw.subarray(0, mail.raw.indexOf("\r\n\r\n") + 4);
      parts.push(` BODY[HEADER] {${head.length}}\r\n`, head);
    }
    socket.write(Buffer.concat([`* ${seq} FETCH (`, ...parts, ")\r\n"].map((part) => Buffer.from(part))));
    say(`${tag} OK fetched`);
  }

  function remove(folder: Folder, isGone: (mail: KeptMail) => boolean): void {
    for (let index = folder.mails.length - 1; index >= 0; index -= 1) {
      const mail = folder.mails[index];
      if (mail === undefined || !isGone(mail)) continue;
      folder.mails.splice(index, 1);
      say(`* ${index + 1} EXPUNGE`);
    }
  }

  function copy(mail: KeptMail, into: Folder): void {
    into.mails.push({ ...mail, uid: into.uidNext, flags: new Set(mail.flags) });
    into.uidNext += 1;
  }

  function transfer(
    tag: string,
    { folder, mail, to, isMove }: { folder: Folder; mail: KeptMail; to: string; isMove: boolean },
  ) {
    const into = folders.get(to);
    if (into === undefined) return say(`${tag} NO [TRYCREATE] no such folder`);
    copy(mail, into);
    if (isMove) remove(folder, (one) => one === mail);
    return say(`${tag} OK [COPYUID ${into.uidValidity} ${mail.uid} ${into.uidNext - 1}] done`);
  }

  function withUid(tag: string, words: readonly string[], line: string) {
    const command = (words[2] ?? "").toUpperCase();
    const folder = selected?.folder;
    if (folder === undefined) return say(`${tag} BAD no folder is open`);
    if (command === "SEARCH") return search(tag, line, folder);
    const index = folder.mails.findIndex(({ uid }) => String(uid) === words[3]);
    const mail = folder.mails[index];
    if (mail === undefined) return say(`${tag} OK nothing there`);
    if (command === "FETCH") return fetch(tag, mail, line, index + 1);
    if (command === "STORE") {
      for (const flag of (words[5] ?? "").replaceAll(/[()]/g, "").split(" ")) mail.flags.add(flag);
      return say(`* ${index + 1} FETCH (UID ${mail.uid} FLAGS (${[...mail.flags].join(" ")}))`, `${tag} OK stored`);
    }
    if (command === "EXPUNGE") {
      remove(folder, ({ uid, flags }) => uid === mail.uid && flags.has("\\Deleted"));
      return say(`${tag} OK gone`);
    }
    return transfer(tag, { folder, mail, to: unquote(words[4]), isMove: command === "MOVE" });
  }

  function startTls(tag: string): void {
    const plain = socket;
    plain.removeAllListeners("data");
    say(`${tag} OK begin`);
    socket = secured(plain);
    listen();
  }

  function list(tag: string, pattern: string): void {
    const names = [...folders.keys()].filter((name) => pattern === "*" || pattern === name);
    say(
      ...(pattern === "" ? ['* LIST (\\Noselect) "/" ""'] : names.map((name) => `* LIST () "/" "${name}"`)),
      `${tag} OK listed`,
    );
  }

  const handlers: Readonly<Record<string, (tag: string, words: readonly string[], line: string) => void>> = {
    CAPABILITY: (tag) => say(`* CAPABILITY ${capabilities()}`, `${tag} OK`),
    ID: (tag) => say('* ID ("name" "stand-in" "version" "1")', `${tag} OK`),
    NOOP: (tag) => say(`${tag} OK`),
    LOGOUT: (tag) => {
      say("* BYE", `${tag} OK`);
      socket.end();
    },
    STARTTLS: startTls,
    LOGIN: (tag, words) => signIn(tag, unquote(words[2]), unquote(words[3])),
    AUTHENTICATE: (tag) => {
      say("+ ");
      expects = (line) => {
        const [, user = "", password = ""] = Buffer.from(line, "base64").toString().split("\0");
        signIn(tag, user, password);
      };
    },
    LIST: (tag, words) => list(tag, unquote(words[3])),
    LSUB: (tag) => say(`${tag} OK`),
    SELECT: (tag, words) => select(tag, unquote(words[2]), false),
    EXAMINE: (tag, words) => select(tag, unquote(words[2]), true),
    UID: withUid,
    IDLE: (tag) => {
      idleTag = tag;
      say("+ idling");
      expects = () => {
        idleTag = undefined;
        say(`${tag} OK`);
      };
    },
  };

  function take(line: string) {
    if (expects !== undefined) {
      const hear = expects;
      expects = undefined;
      return hear(line);
    }
    const words = wordsOf(line);
    const [tag = "*", name = ""] = words;
    const command = name.toUpperCase() === "UID" ? `UID ${(words[2] ?? "").toUpperCase()}` : name.toUpperCase();
    state.commands.push(command === "LOGIN" ? "LOGIN" : line.replace(/^\S+ /, ""));
    if (meets(command, tag)) return;
    const handle = handlers[name.toUpperCase()];
    if (handle === undefined) say(`${tag} BAD unknown command`);
    else handle(tag, words, line);
  }

  function meets(command: string, tag: string): boolean {
    const { fault } = state;
    if (fault?.at !== command) return false;
    if (fault.cut === true) socket.destroy();
    else if (fault.answer !== undefined) say(`${tag} ${fault.answer}`);
    return true;
  }

  function listen(): void {
    pending = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      pending += chunk.toString("latin1");
      for (let end = pending.indexOf("\r\n"); end >= 0; end = pending.indexOf("\r\n")) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        take(line);
      }
    });
  }

  listen();
  if (!meets("greeting", "*")) say("* OK ready");
  return {
    tell: (name, line) => {
      if (selected?.name === name && (idleTag !== undefined || options.without?.includes("IDLE") !== true)) say(line);
    },
    end: () => void socket.destroy(),
  };
}
