import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Spreads calls over servers, one after the other; a call to one that is gone is answered with 502. */
export interface LoadBalancer {
  readonly url: string;
  /** Base URLs of those that take part. */
  targets: readonly string[];
  close(): Promise<void>;
}

export async function startLoadBalancer(): Promise<LoadBalancer> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const fail = () => void (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end());
    turn += 1;
    const target = balancer.targets[turn % balancer.targets.length];
    if (target === undefined) {
      fail();
      return;
    }
    const { method, url, headers } = incoming;
    const forwarded = request(`${target}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", fail).pipe(outgoing);
    });
    forwarded.on("error", fail);
    incoming.on("error", () => forwarded.destroy()).pipe(forwarded);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const balancer: LoadBalancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return balancer;
}
