import fastify from "fastify";
import { inbound } from "./queues.mjs";

/** Takes updates: acknowledged once they are in the queue. */
const app = fastify();
app.post("/hook", async (request) => {
  await inbound.add("update", request.body);
  return "";
});
app.get("/ready", async () => ((await inbound.getWorkersCount()) > 0 ? "" : Promise.reject(new Error("no worker"))));
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.on("SIGTERM", () => process.exit(0));
