import { access, constants, stat, statfs } from "node:fs/promises";
import type { OutboundHttp } from "../../engine/outbound.ts";
import { createAddressCheck } from "../../shell/outbound-http.ts";
import type { Config } from "../config.ts";
import { openDataDirectory } from "../data-directory.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const oldestNode = [24, 7] as const;
const little = { bytes: 200_000_000, warnBytes: 1_000_000_000 };

/** What shows on this machine without the database. */
export async function checkSetup(config: Config, outbound: OutboundHttp): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    ...(await checkDirectory(config)),
    ...(await checkPublicUrl(config, outbound)),
  ];
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  if (!isOld) return ok("setup.node", `Node ${version}`);
  return problem(
    "setup.node",
    `Node ${version} is older than ${oldestNode.join(".")}, which Repartee needs`,
    "Run `npm ci`, which brings the right one along, and start with `npm start`.",
  );
}

async function checkDirectory({ data, secretKey, database }: Config): Promise<Finding[]> {
  const { path, secretKey: keyFile } = openDataDirectory(data.directory);
  const findings: Finding[] = [];
  const canWrite = await access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  findings.push(
    canWrite
      ? ok("setup.data_dir", `DATA_DIR ${path} can be written`)
      : problem(
          "setup.data_dir",
          `DATA_DIR ${path} cannot be written`,
          `Give it to whoever runs the server: chown -R USER ${path}.`,
        ),
  );
  const { mode, uid } = await stat(path);
  const isOpen = process.platform !== "win32" && (mode & 0o077) !== 0;
  if (isOpen) {
    findings.push(
      warning("setup.data_dir_rights", `Others on this machine may look into DATA_DIR ${path}`, `chmod 700 ${path}`),
    );
  }
  if (canWrite && process.getuid !== undefined && uid !== process.getuid()) {
    findings.push(
      warning(
        "setup.data_dir_owner",
        `DATA_DIR ${path} belongs to the user ${uid}, and this command runs as ${process.getuid()}`,
        "Run commands as the user that runs the server: files that another one makes there may keep it from starting.",
      ),
    );
  }
  if (secretKey === undefined) findings.push(...(await checkKeyFile(keyFile)));
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const advice = "Make room: the database stops taking events when there is none.";
  const place = database.url === undefined ? "for the embedded database" : "in DATA_DIR";
  const message = `${Math.round(free / 1_000_000)} MB are free ${place}`;
  if (free < little.bytes) findings.push(problem("setup.disk", message, advice));
  else if (free < little.warnBytes) findings.push(warning("setup.disk", message, advice));
  else findings.push(ok("setup.disk", message));
  return findings;
}

async function checkKeyFile(file: string): Promise<Finding[]> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) {
    return [
      warning(
        "setup.secret_key",
        `There is no secret key in ${file} yet, and SECRET_KEY is not set`,
        "One is made at the first start. If the database has been used before, restore the file first: what was sealed with the old key cannot be opened with a new one.",
      ),
    ];
  }
  if (process.platform === "win32" || (found.mode & 0o077) === 0)
    return [ok("setup.secret_key", `The secret key is in ${file}`)];
  return [
    problem("setup.secret_key", `Others on this machine may read the secret key in ${file}`, `chmod 600 ${file}`),
  ];
}

async function checkPublicUrl({ http, roles }: Config, outbound: OutboundHttp): Promise<Finding[]> {
  if (!roles.web) return [];
  const set =
    "Set PUBLIC_URL to the https address of the proxy in front of the server, such as https://bots.example.com.";
  if (http.publicUrl === undefined) {
    return [
      warning(
        "setup.public_url",
        "PUBLIC_URL is not set: messengers and people elsewhere cannot reach the server",
        set,
      ),
    ];
  }
  const findings: Finding[] = [];
  const url = new URL(http.publicUrl);
  const isPublic = createAddressCheck([])(url.hostname.replace(/^\[|\]$/g, ""));
  const isName = !/^[\d.]+$|:/.test(url.hostname) && url.hostname !== "localhost";
  if (url.protocol !== "https:")
    findings.push(
      warning("setup.public_url", `PUBLIC_URL ${http.publicUrl} is not https: messengers refuse such webhooks`, set),
    );
  else if (!isName && !isPublic)
    findings.push(
      warning("setup.public_url", `PUBLIC_URL ${http.publicUrl} is an address that only this network knows`, set),
    );
  else findings.push(ok("setup.public_url", `PUBLIC_URL is ${http.publicUrl}`));
  const answer = await outbound({
    method: "GET",
    url: `${http.publicUrl}/health/live`,
    timeoutMs: 5_000,
    maxBytes: 10_000,
  });
  if (answer.kind === "ok" && answer.status === 200 && isLive(answer.body)) {
    return [...findings, ok("setup.reachable", "A server of ours answers at PUBLIC_URL")];
  }
  const what = answer.kind === "ok" ? `it answers ${answer.status}` : answer.message;
  const advice =
    "Start the server if it does not run. Otherwise look at the name's address, the proxy and its certificate; from this machine the address may also be out of reach while others get there.";
  return [...findings, warning("setup.reachable", `No server of ours answers at ${http.publicUrl} (${what})`, advice)];
}

function isLive(body: string): boolean {
  try {
    return (JSON.parse(body) as { status?: string }).status === "live";
  } catch {
    // Somebody else's page.
    return false;
  }
}
