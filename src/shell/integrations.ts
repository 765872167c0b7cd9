import { setTimeout } from "node:timers/promises";
import type {
  AnyIntegration,
  ConnectedIntegration,
  IntegrationPorts,
  IntegrationType,
} from "../engine/integration-type.ts";
import { IntegrationError } from "../engine/integration-type.ts";
import type { OutboundHttp } from "../engine/outbound.ts";
import { integrationTypes } from "../integrations/index.ts";
import type { Json } from "../model/field.ts";
import type { Database } from "../store/database.ts";
import { changeIntegration, type Integration, requireIntegration, takeTurn } from "../store/integration-store.ts";
import { takeLease } from "../store/lease-store.ts";
import { openSecrets, sealSecrets } from "../store/secret-box.ts";
import type { SecretKey } from "../store/secret-key.ts";
import { maskSecrets } from "./mask-secrets.ts";

/** What integrations are run with. */
export interface IntegrationTools {
  readonly db: Database;
  readonly outbound: OutboundHttp;
  readonly secretKey: SecretKey;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** One request of a call, as the log shows it. */
export type SeenRequest = Readonly<Record<string, Json>>;

/** The same before its secrets are hidden. */
interface RawRequest {
  readonly method: string;
  readonly status?: number;
  readonly failure?: string;
  readonly ms: number;
  readonly texts: Readonly<Record<string, string>>;
}

/** An integration with its secrets opened, and what it may use. */
export interface RunningIntegration {
  readonly type: IntegrationType;
  readonly connected: ConnectedIntegration<never>;
  readonly ports: IntegrationPorts;
  /** The requests made so far, without secrets. */
  readonly seen: readonly SeenRequest[];
}

/** A call of several requests ends within this, so that the lease on its contact outlives it. */
export const longestCallMs = 120_000;
/** A turn that would come later is left to a later try. */
const longestTurnMs = 20_000;
const renewalMs = 60_000;
/** Of each body, in characters, what the log keeps. */
const keptOfBody = 4_000;

/** The registry hides each type's settings behind `never`; what its own schema lets pass is theirs. */
export function findIntegrationType(kind: string): IntegrationType | undefined {
  const catalogue: Readonly<Record<string, AnyIntegration>> = integrationTypes;
  return Object.hasOwn(catalogue, kind) ? (catalogue[kind] as IntegrationType | undefined) : undefined;
}

/** Opens an integration for one call. Throws where its kind is gone or its settings cannot be read. */
export function openIntegration(tools: IntegrationTools, row: Integration): RunningIntegration {
  const type = findIntegrationType(row.kind);
  if (type === undefined) throw new IntegrationError(`there is no integration of the kind "${row.kind}" any more`);
  const seen: RawRequest[] = [];
  const secretsOf = (settings: Readonly<Record<string, Json>>) =>
    type.secrets.map((key) => settings[key]).filter((value) => typeof value === "string");
  const read = (integration: Integration): Record<string, Json> => ({
    ...integration.settings,
    ...(integration.secrets === null ? {} : openSecrets(integration.secrets, tools.secretKey)),
  });
  const settings = read(row);
  // Tokens that are renewed meanwhile are secret as well.
  const secrets = new Set(secretsOf(settings));
  const ports: IntegrationPorts = {
    http: watched(tools.outbound, seen, tools.now() + longestCallMs, tools.now),
    now: tools.now,
    async turn(everyMs) {
      const wait = await takeTurn(tools.db, row.id, { everyMs, mostMs: longestTurnMs });
      if (wait === undefined) return false;
      if (wait > 0) await setTimeout(wait);
      return true;
    },
    async renewSecrets(change) {
      const lease = await leaseOfRenewal(tools.db, row.id);
      try {
        const current = read(await requireIntegration(tools.db, row, row.id));
        for (const secret of secretsOf(current)) secrets.add(secret);
        const changed = await change(current);
        if (changed === undefined) return current;
        for (const secret of secretsOf(changed)) secrets.add(secret);
        return await tools.db.transaction().execute(async (trx) => {
          // As they are by now: somebody may have changed others while the other system was asked.
          const merged = { ...read(await requireIntegration(trx, row, row.id, { lock: true })), ...changed };
          await changeIntegration(trx, row, row.id, store(type, merged, tools.secretKey));
          return merged;
        });
      } finally {
        await lease.end();
      }
    },
  };
  const connected = { id: row.id, workspaceId: row.workspaceId, settings: type.settings.parse(settings) as never };
  return {
    type,
    connected,
    ports,
    // Only now: tokens that were renewed in the middle are secret as well, and stand in an answer that was seen before.
    get seen() {
      return seen.map((one) => show(one, secrets));
    },
  };
}

function show({ texts, ...rest }: RawRequest, secrets: ReadonlySet<string>): SeenRequest {
  const shown = Object.entries(texts).map(([key, text]) => [key, maskSecrets(text, secrets).slice(0, keptOfBody)]);
  return { ...rest, ...Object.fromEntries(shown) };
}

/** Parts settings into what may be read and the secrets, sealed. */
export function store(
  type: Pick<IntegrationType, "secrets">,
  settings: Readonly<Record<string, Json>>,
  secretKey: SecretKey,
): { readonly settings: Readonly<Record<string, Json>>; readonly sealedSecrets: string | null } {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  const secrets = entries.filter(([key]) => type.secrets.includes(key));
  return {
    settings: Object.fromEntries(entries.filter(([key]) => !type.secrets.includes(key))),
    sealedSecrets: secrets.length === 0 ? null : sealSecrets(Object.fromEntries(secrets), secretKey),
  };
}

async function leaseOfRenewal(db: Database, id: number) {
  for (let tries = 0; tries < 300; tries += 1) {
    const lease = await takeLease(db, `integration ${id} secrets`, renewalMs);
    if (lease !== undefined) return lease;
    await setTimeout(200);
  }
  throw new IntegrationError("the tokens are being renewed elsewhere, and it takes too long");
}

/** The client that keeps what was asked and answered for the log, and refuses to begin anything once the call's time is over. */
function watched(outbound: OutboundHttp, seen: RawRequest[], until: number, now: () => number): OutboundHttp {
  return async (request) => {
    const left = until - now();
    const started = performance.now();
    const result =
      left <= 0
        ? ({ kind: "timeout", message: "the call as a whole took too long", mayHaveArrived: false } as const)
        : await outbound({ ...request, timeoutMs: Math.min(request.timeoutMs ?? left, left) });
    seen.push({
      method: request.method,
      ...(result.kind === "ok" ? { status: result.status } : { failure: result.kind }),
      ms: Math.round(performance.now() - started),
      texts: {
        url: request.url,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(result.kind === "ok" ? { answer: result.body } : { message: result.message }),
      },
    });
    return result;
  };
}
