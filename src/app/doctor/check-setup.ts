import { access, constants, stat, statfs } from "node:fs/promises";
import type { OutboundHttp } from "../../engine/outbound.ts";
import { type Finding, ok, problem, warning } from "../../model/finding.ts";
import { quote, say } from "../../model/sentence.ts";
import { createAddressCheck } from "../../shell/outbound-http.ts";
import type { Config } from "../config.ts";
import { openDataDirectory } from "../data-directory.ts";
import { checkAccountMail } from "./check-account-mail.ts";

const oldestNode = [24, 7] as const;
const little = { bytes: 200_000_000, warnBytes: 1_000_000_000 };

/** What shows on this machine without the database. */
export async function checkSetup(config: Config, outbound: OutboundHttp): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    ...(await checkDirectory(config)),
    ...(await checkPublicUrl(config, outbound)),
    await checkAccountMail(config.accountMail),
  ];
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  if (!isOld) return ok("setup.node", say`Node ${{ version }}`);
  return problem(
    "setup.node",
    say`Node ${{ version }} is older than ${{ oldest: oldestNode.join(".") }}, which Repartee needs`,
    say`Run "npm ci", which brings the right one along, and start with "npm start".`,
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
      ? ok("setup.data_dir", say`DATA_DIR ${{ folder: path }} can be written`)
      : problem(
          "setup.data_dir",
          say`DATA_DIR ${{ folder: path }} cannot be written`,
          say`Give it to whoever runs the server: chown -R USER ${{ folder: path }}.`,
        ),
  );
  const { mode, uid } = await stat(path);
  const isOpen = process.platform !== "win32" && (mode & 0o077) !== 0;
  if (isOpen) {
    findings.push(
      warning(
        "setup.data_dir_rights",
        say`Others on this machine may look into DATA_DIR ${{ folder: path }}`,
        say`Run "chmod 700 ${{ folder: path }}".`,
      ),
    );
  }
  if (canWrite && process.getuid !== undefined && uid !== process.getuid()) {
    findings.push(
      warning(
        "setup.data_dir_owner",
        say`DATA_DIR ${{ folder: path }} belongs to the user ${{ owner: uid }}, and this process runs as ${{ user: process.getuid() }}`,
        say`Run commands as the user that runs the server: files that another one makes there may keep it from starting.`,
      ),
    );
  }
  if (secretKey === undefined) findings.push(...(await checkKeyFile(keyFile)));
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const advice = say`Make room: the database stops taking events when there is none.`;
  const megabytes = Math.round(free / 1_000_000);
  const message =
    database.url === undefined
      ? say`${{ megabytes }} MB are free for the embedded database`
      : say`${{ megabytes }} MB are free in DATA_DIR`;
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
        say`There is no secret key in ${{ file }} yet, and SECRET_KEY is not set`,
        say`One is made at the first start. If the database has been used before, restore the file first: what was sealed with the old key cannot be opened with a new one.`,
      ),
    ];
  }
  if (process.platform === "win32" || (found.mode & 0o077) === 0)
    return [ok("setup.secret_key", say`The secret key is in ${{ file }}`)];
  return [
    problem(
      "setup.secret_key",
      say`Others on this machine may read the secret key in ${{ file }}`,
      say`Run "chmod 600 ${{ file }}".`,
    ),
  ];
}

async function checkPublicUrl({ http, roles }: Config, outbound: OutboundHttp): Promise<Finding[]> {
  if (!roles.web) return [];
  const set = say`Set PUBLIC_URL to the https address of the proxy in front of the server, such as https://bots.example.com.`;
  if (http.publicUrl === undefined) {
    return [
      warning(
        "setup.public_url",
        say`PUBLIC_URL is not set: messengers and people elsewhere cannot reach the server`,
        set,
      ),
    ];
  }
  const findings: Finding[] = [];
  const address = http.publicUrl;
  const url = new URL(address);
  const isPublic = createAddressCheck([])(url.hostname.replace(/^\[|\]$/g, ""));
  const isName = !/^[\d.]+$|:/.test(url.hostname) && url.hostname !== "localhost";
  if (url.protocol !== "https:")
    findings.push(
      warning("setup.public_url", say`PUBLIC_URL ${{ address }} is not https: messengers refuse such webhooks`, set),
    );
  else if (!isName && !isPublic)
    findings.push(
      warning("setup.public_url", say`PUBLIC_URL ${{ address }} is an address that only this network knows`, set),
    );
  else findings.push(ok("setup.public_url", say`PUBLIC_URL is ${{ address }}`));
  const answer = await outbound({
    method: "GET",
    url: `${address}/health/live`,
    timeoutMs: 5_000,
    maxBytes: 10_000,
  });
  if (answer.kind === "ok" && answer.status === 200 && isLive(answer.body)) {
    return [...findings, ok("setup.reachable", say`A server of ours answers at PUBLIC_URL`)];
  }
  const what = answer.kind === "ok" ? say`it answers ${{ number: answer.status }}` : quote(answer.message);
  const advice = say`Start the server if it does not run. Otherwise look at the name's address, the proxy and its certificate; from this machine the address may also be out of reach while others get there.`;
  return [
    ...findings,
    warning("setup.reachable", say`No server of ours answers at ${{ address }} (${{ what }})`, advice),
  ];
}

function isLive(body: string): boolean {
  try {
    return (JSON.parse(body) as { status?: string }).status === "live";
  } catch {
    // Somebody else's page.
    return false;
  }
}
