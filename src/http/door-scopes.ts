import type { TokenKind } from "../store/token-kinds.ts";
import type { ScopeGroup } from "./contract/common.ts";

type Door = Exclude<TokenKind, "api">;
type Row = readonly [methods: string, path: RegExp, scope: ScopeGroup];

/**
 * What a vendor's door asks of a token, by the part of the address that the vendor wrote. The first row that fits counts; a route that none fits keeps the
 * server from starting.
 */
const table: Readonly<Record<Door, readonly Row[]>> = {
  "action-link": [["GET POST", /^\/gc$/, "act"]],
  uchat: [
    ["GET", /./, "read"],
    // Asks, and changes nothing.
    ["POST", /^\/(whatsapp-template\/list|subscriber\/chat-messages-by-mids)$/, "read"],
    ["POST", /^\/subscriber\/(send-|broadcast)/, "send"],
    ["POST PUT DELETE", /^\/(subscriber|shop\/orders)\//, "act"],
    ["POST PUT DELETE", /^\/(flow|team|whatsapp-template|shop\/discount-codes)\//, "set-up"],
  ],
  chatbot: [
    ["GET", /./, "read"],
    ["POST", /^\/users\/export$/, "read"],
    ["POST", /^\/users\/segments$/, "set-up"],
    ["POST PUT", /^\/users(\/|$)/, "act"],
    ["POST PUT DELETE", /^\/(v2\/)?(stories|webhooks)(\/|$)/, "set-up"],
  ],
  bothelp: [
    ["GET", /./, "read"],
    ["POST", /\/messages$/, "send"],
    ["POST PATCH DELETE", /^\/v\d\/subscribers\//, "act"],
  ],
};

/** What a route of a door asks for. `path`: without the door's prefix. Throws where the table has no row for it. */
export function doorScope(door: Door, method: string, path: string): ScopeGroup {
  const plain = path.replace(/\/$/, "");
  const row = table[door].find(([methods, pattern]) => methods.split(" ").includes(method) && pattern.test(plain));
  if (row === undefined) throw new Error(`${door}: door-scopes.ts does not say what ${method} ${path} asks of a token`);
  return row[2];
}
