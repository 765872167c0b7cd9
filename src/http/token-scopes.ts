import { type Sentence, say } from "../model/sentence.ts";
import type { TokenKind } from "../store/token-kinds.ts";
import { scopeGroups, teamScope } from "./contract/common.ts";

/** What is wrong with a new token's scopes; undefined: nothing. Whether its maker may give them is another question. */
export function findScopeProblem(kind: TokenKind, scopes: readonly string[]): Sentence | undefined {
  const others = scopes.filter((scope) => scope !== teamScope);
  if (others.length < scopes.length) {
    if (kind !== "uchat") return say`only tokens for UChat's API have the scope team`;
    // It says where, not what: alone it would open nothing.
    if (others.length === 0) return say`say beside team what the token may do: read, act, send, set-up or *`;
  }
  if (kind === "api" || others.every((scope) => scope === "*" || Object.hasOwn(scopeGroups, scope))) return undefined;
  return say`tokens of this kind have the scopes read, act, send, set-up or *`;
}
