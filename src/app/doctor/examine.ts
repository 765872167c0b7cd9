import type { Logger } from "pino";
import { channelTypes } from "../../channels/index.ts";
import type { Finding } from "../../model/finding.ts";
import { createAddressFinder, createOutboundHttp } from "../../shell/outbound-http.ts";
import { createPlatformHttp } from "../../shell/platform-http.ts";
import type { OpenDatabase } from "../../store/database.ts";
import type { SecretKey } from "../../store/secret-key.ts";
import type { Config } from "../config.ts";
import { checkChannels } from "./check-channels.ts";
import { checkDatabase } from "./check-database.ts";
import { checkSetup } from "./check-setup.ts";
import { checkWork } from "./check-work.ts";

/** The operator's own addresses may be anywhere. */
const everywhere = ["0.0.0.0/0", "::/0"];

interface Patient {
  readonly config: Config;
  readonly database: OpenDatabase;
  readonly secretKey: SecretKey;
  readonly publicUrl: string;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What shows on this machine without the database. */
export async function examineSetup(config: Config): Promise<Finding[]> {
  return await checkSetup(config, createOutboundHttp({ allowNetworks: everywhere }));
}

/** The database, and what works with it. */
export async function examineDatabase({ config, database, ...patient }: Patient): Promise<Finding[]> {
  const { secretKey, now } = patient;
  const findings = await checkDatabase(database, { secretKey, now });
  const hasTables = !findings.some(({ check, severity }) => check === "database.migrations" && severity === "problem");
  if (!hasTables) return findings;
  findings.push(...(await checkWork(database, now)));
  const channels = await checkChannels({
    ...patient,
    db: database.db,
    catalogue: channelTypes,
    outbound: createOutboundHttp(config.outbound),
    findAddresses: createAddressFinder(config.outbound),
    callPlatform: createPlatformHttp(config.outbound),
  });
  return [...findings, ...channels];
}

/** Every platform is asked: a page that is loaded again and again hears what was found before. */
const keptMs = 10_000;

type Patience = Omit<Patient, "publicUrl"> & { readonly publicUrl: () => string };

interface Examination {
  readonly at: Date;
  readonly findings: readonly Finding[];
}

/** All of it, for a page: at most one examination at a time, and none right after another. */
export function createExaminer({ publicUrl, ...patient }: Patience): () => Promise<Examination> {
  let last: { readonly endedAt: number; readonly result: Promise<Examination> } | undefined;
  const examine = async () => {
    const setup = await examineSetup(patient.config);
    const findings = [...setup, ...(await examineDatabase({ ...patient, publicUrl: publicUrl() }))];
    return { at: new Date(patient.now()), findings };
  };
  return () => {
    if (last === undefined || performance.now() - last.endedAt > keptMs) {
      const result = examine();
      // While it runs nobody begins another; one that broke is not kept.
      last = { endedAt: Number.POSITIVE_INFINITY, result };
      result.then(
        () => (last = { endedAt: performance.now(), result }),
        () => (last = undefined),
      );
    }
    return last.result;
  };
}
