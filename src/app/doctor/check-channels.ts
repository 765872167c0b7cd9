import type { Logger } from "pino";
import type { ChannelCatalogue, ChannelHealth, ChannelPorts, FindAddresses } from "../../engine/channel-type.ts";
import type { OutboundHttp } from "../../engine/outbound.ts";
import type { CallPlatform } from "../../engine/platform-call.ts";
import { toError } from "../../engine/to-error.ts";
import { type Finding, ok, problem, warning } from "../../model/finding.ts";
import { quote, type Sentence, say } from "../../model/sentence.ts";
import { createChannelRuntime, type RunningChannel } from "../../shell/channel-runtime.ts";
import { healthInTime } from "../../shell/health-in-time.ts";
import { maskSecrets } from "../../shell/mask-secrets.ts";
import type { Database } from "../../store/database.ts";
import type { SecretKey } from "../../store/secret-key.ts";
import { listWantedChannels } from "../../store/webhook-state-store.ts";
import { watchDates } from "../watch-dates.ts";

const atOnce = 8;
/** A Date header counts whole seconds, and the answer takes its time. */
const clockMs = 5_000;

export interface ChannelCheckOptions {
  readonly db: Database;
  readonly catalogue: ChannelCatalogue;
  readonly secretKey: SecretKey;
  readonly publicUrl: string;
  readonly outbound: OutboundHttp;
  readonly findAddresses: FindAddresses;
  /** Makes a client for platforms that tells of each answer what time the platform has, in Unix ms. */
  readonly callPlatform: CallPlatform;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Asks every channel's platform how it is, and by its Date header what time it has. */
export async function checkChannels(options: ChannelCheckOptions): Promise<Finding[]> {
  const channels = await listWantedChannels(options.db);
  const runtime = createChannelRuntime(options);
  const findings: Finding[][] = [];
  const left = [...channels.entries()];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [place, row] = next;
      const label = say`The channel ${{ id: row.id }} (${{ messenger: row.kind }}) of the workspace "${{ workspace: row.domain }}"`;
      findings[place] = await checkChannel(await runtime.find(row.id), { ...row, label }, options);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return findings.flat();
}

async function checkChannel(
  channel: RunningChannel | undefined,
  row: {
    readonly id: number;
    readonly label: Sentence;
    readonly status: string;
    readonly statusMessage: string | null;
  },
  options: ChannelCheckOptions,
): Promise<Finding[]> {
  const again = say`Connect the channel again in the admin.`;
  if (channel === undefined)
    return [
      problem(
        "channels.settings",
        say`${{ channel: row.label }} has settings that cannot be read`,
        say`See what is said of the secret key here. ${{ again }}`,
      ),
    ];
  if (row.status === "broken")
    return [
      problem(
        "channels.broken",
        say`${{ channel: row.label }} is broken: ${{ why: row.statusMessage === null ? say`the platform refuses it` : quote(row.statusMessage) }}`,
        again,
      ),
    ];
  const clocks: number[] = [];
  const health = await askPlatform(channel, options, clocks);
  if (health === undefined) return [ok("channels.health", say`${{ channel: row.label }} has no platform to ask`)];
  const findings: Finding[] = [];
  const expected = `${options.publicUrl}/webhooks/${row.id}`;
  if (!health.ok)
    findings.push(
      problem("channels.health", say`${{ channel: row.label }}: ${{ said: quote(health.message) }}`, again),
    );
  else if (health.webhookUrl !== undefined && health.webhookUrl !== expected) {
    // The registered address may be somebody else's and hold a token.
    const host = URL.canParse(health.webhookUrl) ? new URL(health.webhookUrl).host : say`another address`;
    findings.push(
      problem(
        "channels.webhook",
        say`${{ channel: row.label }} is registered at ${{ host }}, and not at ${{ expected }}`,
        say`See that PUBLIC_URL is right. ${{ again }}`,
      ),
    );
  } else findings.push(ok("channels.health", say`${{ channel: row.label }}: ${{ said: quote(health.message) }}`));
  const off = Math.min(...clocks.map(Math.abs));
  if (clocks.length > 0 && off > clockMs) {
    findings.push(
      warning(
        "clock.platform",
        say`This machine's clock is ${{ seconds: Math.round(off / 1000) }} s off from that of the platform of channel ${{ id: row.id }}`,
        say`Let the machine keep time (chrony, systemd-timesyncd).`,
      ),
    );
  }
  return findings;
}

/** `clocks` gets how far the platform's clock is ahead of ours, in ms, of each answer that says. */
async function askPlatform(
  channel: RunningChannel,
  { outbound, findAddresses, callPlatform, log, now }: ChannelCheckOptions,
  clocks: number[],
): Promise<ChannelHealth | undefined> {
  if (channel.type.health === undefined) return undefined;
  const ports: ChannelPorts = {
    callPlatform: watchDates(callPlatform, (date) => clocks.push(date - now())),
    announce: () => undefined,
    findAddresses,
    fetchFile: async () => undefined,
    outbound,
    log,
  };
  try {
    return await healthInTime(channel.type.health(channel, ports), "the platform");
  } catch (thrown) {
    return { ok: false, message: maskSecrets(toError(thrown).message, secretsOf(channel)) };
  }
}

function secretsOf({ type, settings }: RunningChannel): string[] {
  const given = settings as Readonly<Record<string, unknown>>;
  return type.secrets.flatMap((name) => (typeof given[name] === "string" ? [given[name]] : []));
}
