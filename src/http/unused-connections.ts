import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** A request that is on its way arrives within this. */
const graceMs = 1_000;

/**
 * Ends, a moment after the server began to stop, connections on which nothing was sent yet: browsers and balancers open some ahead. Node takes for idle those alone that were answered once,
 * so that one of these held a stop up for the 60 s of `requestTimeout`. At once it would cost the request of a proxy that has just connected, and does not try a POST again.
 */
export function endUnusedConnections(app: FastifyInstance): void {
  const open = new Set<Socket>();
  app.server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  app.addHook("preClose", async () => {
    setTimeout(() => {
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }, graceMs);
  });
}
