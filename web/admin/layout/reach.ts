/** Who can open an address: everybody, whoever is in the same network, or this machine alone. */
type Reach = "everybody" | "network" | "machine";

/** Names that the public DNS never has (RFC 2606, RFC 6762, RFC 8375). */
const innerNames = /\.(?:local|lan|home|internal|intranet|corp|test|invalid)$|\.home\.arpa$/;

const machineIpv4 = /^(?:127\.|0\.0\.0\.0$)/;
const networkIpv4 =
  /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

/** As far as the address itself tells: a name may lead anywhere, but not one without a dot. Messengers' own schemes lead to them. */
export function reachOf(address: string): Reach {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return "everybody";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1" || host === "::" || machineIpv4.test(host))
    return "machine";
  if (host.includes(":")) return /^(?:f[cd]|fe[89ab])/.test(host) ? "network" : "everybody";
  const isInner = networkIpv4.test(host) || innerNames.test(host) || !host.includes(".");
  return isInner ? "network" : "everybody";
}

/** Of a text that holds an address, such as code for a site: the first one's. */
export function reachIn(text: string): Reach {
  const [address] = /https?:\/\/[^\s"'<>]+/.exec(text) ?? [];
  return address === undefined ? "everybody" : reachOf(address);
}

/** Whether messengers would call it: they take https alone, and what the internet reaches. */
export function isReachedByMessengers(publicUrl: string): boolean {
  return publicUrl.startsWith("https://") && reachOf(publicUrl) === "everybody";
}
