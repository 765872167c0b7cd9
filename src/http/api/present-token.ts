import type { Token } from "../../store/token-store.ts";
import { scopesOf } from "../auth.ts";
import type { TokenBody } from "../contract/tokens.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

export function presentToken(token: Token): TokenBody {
  const { id, kind, name, hint, botId, createdAt, lastUsedAt, revokedAt, expiresAt } = token;
  return {
    id,
    kind,
    name,
    hint,
    botId,
    scopes: [...scopesOf(token)],
    createdAt: toInstant(createdAt),
    lastUsedAt: toInstantOrNull(lastUsedAt),
    revokedAt: toInstantOrNull(revokedAt),
    expiresAt: toInstantOrNull(expiresAt),
  };
}
