import type { Logger } from "pino";
import type { FindAddresses } from "../engine/channel-type.ts";
import type { OutboundHttp } from "../engine/outbound.ts";
import type { CallPlatform } from "../engine/platform-call.ts";
import type { Finding } from "../model/finding.ts";
import type { ChannelRuntime } from "../shell/channel-runtime.ts";
import type { Jobs, Keep } from "../shell/jobs.ts";
import type { Live } from "../shell/live.ts";
import type { RunScript } from "../shell/scripts/script-pool.ts";
import type { Submit } from "../shell/submission.ts";
import type { Database, OpenDatabase } from "../store/database.ts";
import type { SecretKey } from "../store/secret-key.ts";

/** What the HTTP doors are built from; `app/compose.ts` makes it, tests make their own. */
export interface HttpDependencies {
  readonly db: Database;
  readonly submit: Submit;
  /** Enqueues in the given transaction. */
  readonly enqueueJobs: Jobs["enqueue"];
  /** Takes what the queue holds of contacts, in the transaction that deletes them. */
  readonly forgetJobs: Jobs["forget"];
  readonly live: Live;
  readonly channels: ChannelRuntime;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Where the world reaches this server, without a trailing slash. */
  readonly publicUrl: string;
  /** A token's at most, over all doors that take tokens; an address's, over those that take none. */
  readonly requestsPerSecond: number;
  /** Networks (CIDRs) of proxies whose `X-Forwarded-For` says who calls; absent: whoever connects is who calls. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** What `/metrics` asks for, as a bearer token; absent: nothing. */
  readonly metricsToken?: string | undefined;
  /** Names below that of `publicUrl` are on https too, and browsers are told so. */
  readonly hstsSubdomains?: boolean | undefined;
  /** For sealing secrets and signing visitor tokens. */
  readonly secretKey: SecretKey;
  /** For addresses that users gave. */
  readonly outbound: OutboundHttp;
  /** For messengers' platforms. */
  readonly callPlatform: CallPlatform;
  /** The same for other protocols. */
  readonly findAddresses: FindAddresses;
  readonly runScript: RunScript;
  /** Whether the server writes to people about their accounts; absent: it does not. */
  readonly mailsAccounts?: boolean | undefined;
  /** Whether the database answers and this process is not stopping. */
  readonly isReady: () => Promise<boolean>;
  /** Brings up to date what `/metrics` shows of the installation; absent: it shows what the process counts itself. */
  readonly refreshMetrics?: (() => Promise<void>) | undefined;
  /** For whoever watches over the installation. */
  readonly system: {
    readonly release: string;
    readonly database: OpenDatabase;
    /** As this process was told; what counts is what the worker was told that clears away. */
    readonly keep: Keep;
    /** What `repartee doctor` finds. */
    readonly examine: () => Promise<{ readonly at: Date; readonly findings: readonly Finding[] }>;
  };
}
