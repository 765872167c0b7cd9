import fastify from "fastify";

/** Fastify answering without any work: the ceiling that the others are measured against. The same body is parsed. */
const app = fastify();
app.get("/health/ready", async () => "");
for (const method of ["GET", "POST", "PUT"] as const) app.route({ method, url: "/*", handler: async () => "" });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.on("SIGTERM", () => process.exit(0));
