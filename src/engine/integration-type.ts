import type { z } from "zod";
import type { Json } from "../model/field.ts";
import type { OutboundHttp } from "./outbound.ts";

/** A connected integration: its row with settings parsed and secrets opened. */
export interface ConnectedIntegration<Settings> {
  readonly id: number;
  readonly workspaceId: number;
  readonly settings: Settings;
}

/** What an integration may use. */
export interface IntegrationPorts {
  /** Every call through it stands in the integration log, without what is secret in the settings. */
  readonly http: OutboundHttp;
  /** Unix milliseconds. */
  readonly now: () => number;
  /**
   * Waits for this integration's turn, which comes at most once in `everyMs` over all processes. False: so many wait that the turn would come too late; the operation answers
   * `retry-later`.
   */
  turn(everyMs: number): Promise<boolean>;
  /**
   * Changes the secrets (tokens that rotate): one process at a time, with what is stored by then. `change` answers undefined where another process has changed them already. What it
   * gives is stored before this resolves, with the settings as they are then. Throws what `change` throws.
   */
  renewSecrets(
    change: (settings: Readonly<Record<string, Json>>) => Promise<Readonly<Record<string, Json>> | undefined>,
  ): Promise<Readonly<Record<string, Json>>>;
}

/** What the other system calls a contact of ours, and the things that were made for it there: kept by name. */
export interface IntegrationLinks {
  readonly all: Readonly<Record<string, string>>;
  /** Null forgets it. Stored at once: what comes after it may be cut off. */
  set(name: string, value: string | null): Promise<void>;
}

/** One call of an operation. No other one for this contact and integration runs at the same time, in whatever process. */
export interface OperationCall<Settings, Args> {
  readonly integration: ConnectedIntegration<Settings>;
  readonly args: Args;
  readonly contactId: number;
  /** The same in every try of the same call. */
  readonly callId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** An earlier try was cut off, so that what it asked for may have been done. */
  readonly mayHaveRun: boolean;
  readonly links: IntegrationLinks;
}

/** How a call ended; decided by what is to be done next. */
export type OperationResult =
  /** `result`: what the caller can keep parts of. */
  | { readonly status: "done"; readonly summary: string; readonly result?: Json }
  /** A passing fault: again later, after `afterMs` where the other system says. */
  | { readonly status: "retry-later"; readonly message: string; readonly afterMs?: number | undefined }
  /** Refused, or nobody knows whether it was done: trying again by itself cannot help. It can be sent again from the log. */
  | { readonly status: "failed"; readonly message: string }
  /** The credentials are refused: the integration is marked, and the call tried again later. */
  | { readonly status: "unauthorized"; readonly message: string };

/** Something that an integration can do for a contact. Actions name it; `shell/jobs/call-integration.ts` runs it. */
export interface Operation<Settings, Args> {
  readonly args: z.ZodType<Args>;
  run(call: OperationCall<Settings, NoInfer<Args>>, ports: IntegrationPorts): Promise<OperationResult>;
}

/** Signing in at the other system by OAuth 2 in the browser. */
export interface IntegrationOauth<Settings> {
  /** Where the person signs in. Throws `IntegrationError` where the settings lack what it needs. */
  authorizeUrl(settings: Settings, context: { readonly redirectUri: string; readonly state: string }): string;
  /** Trades the code for tokens: settings to store, secret ones among them. `query`: all that came with the code. Throws `IntegrationError`. */
  exchange(
    integration: ConnectedIntegration<Settings>,
    answer: { readonly code: string; readonly redirectUri: string; readonly query: Readonly<Record<string, string>> },
    ports: IntegrationPorts,
  ): Promise<Readonly<Record<string, Json>>>;
}

/** A kind of integration: one folder, one registry line. */
export interface IntegrationType<Settings = unknown> {
  /** Also its key in the registry. */
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** Settings as stored; `secrets` names the keys that are encrypted at rest, masked in every answer, never logged. */
  readonly settings: z.ZodType<Settings>;
  readonly secrets: readonly string[];
  readonly operations: Readonly<Record<string, AnyOperation>>;
  /** Lists that forms offer (pipelines, users …), by name. Throws `IntegrationError`. */
  readonly lookups?: Readonly<
    Record<string, (integration: ConnectedIntegration<Settings>, ports: IntegrationPorts) => Promise<Json>>
  >;
  readonly oauth?: IntegrationOauth<Settings>;
  /** Whether the other system answers with these settings; a sentence either way. */
  health(
    integration: ConnectedIntegration<Settings>,
    ports: IntegrationPorts,
  ): Promise<{ readonly ok: boolean; readonly message: string }>;
}

/** An operation whose arguments' type is forgotten: only its own schema can make what its `run` takes. */
export interface AnyOperation extends Omit<Operation<never, never>, "args"> {
  readonly args: z.ZodType;
}

export function defineIntegration<Settings>(type: IntegrationType<Settings>): IntegrationType<Settings> {
  return type;
}

export function defineOperation<Settings, Args>(operation: Operation<Settings, Args>): Operation<Settings, Args> {
  return operation;
}

/** An integration kind whose settings' type is forgotten: only its own schema can make what its functions take. */
export interface AnyIntegration extends Omit<IntegrationType<never>, "settings"> {
  readonly settings: z.ZodType;
}

export type IntegrationCatalogue = Readonly<Record<string, AnyIntegration>>;

/** The other system said no, or could not be asked; `message` is for the person who sets the integration up. */
export class IntegrationError extends Error {
  override readonly name = "IntegrationError";
}
