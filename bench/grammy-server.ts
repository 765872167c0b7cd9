import fastify from "fastify";
import { Bot, webhookCallback } from "grammy";
import pg from "pg";

/** A peer: grammY with its webhook and one upsert a message in PostgreSQL (a tag and a counter), replying by its own client. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? "", max: 10 });
await pool.query(
  "create table if not exists grammy_peer (id bigint primary key, tags text[] not null, asked integer not null)",
);
const bot = new Bot("123456:ABCDEFGHIJKLMNOP", { client: { apiRoot: process.env.BOT_API ?? "" } });
bot.hears(/^price/, async (context) => {
  await pool.query(
    "insert into grammy_peer values ($1, '{asked}', 1) on conflict (id) do update set tags = '{asked}', asked = grammy_peer.asked + 1",
    [context.chat.id],
  );
  await context.reply(`It is 990 for ${context.msg.text}`);
});
await bot.init();
const app = fastify();
app.get("/health/ready", async () => "");
app.post("/hook", webhookCallback(bot, "fastify"));
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.on("SIGTERM", () => process.exit(0));
