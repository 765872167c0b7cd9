import { Worker } from "bullmq";
import pg from "pg";
import { connect, outbound } from "./queues.mjs";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query(
  "create table if not exists contacts (id bigint primary key, tags text[] not null, asked integer not null)",
);

/** Reads a message, keeps what it changes of the contact, and hands the answer to the sender. */
async function handle({ data: { message } }) {
  if (!message.text.startsWith("price")) return;
  await pool.query(
    "insert into contacts values ($1, '{asked}', 1) on conflict (id) do update set tags = '{asked}', asked = contacts.asked + 1",
    [message.chat.id],
  );
  await outbound.add("send", { chat_id: message.chat.id, text: `It is 990 for ${message.text}` });
}

async function send({ data }) {
  const response = await fetch(`${process.env.BOT_API}/sendMessage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(data),
  });
  if (!response.ok) throw new Error(`sendMessage: ${response.status}`);
  await response.arrayBuffer();
}

const workers = [
  new Worker("inbound", handle, { ...connect(), concurrency: 50 }),
  new Worker("outbound", send, { ...connect(), concurrency: 50 }),
];
process.on("SIGTERM", async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  process.exit(0);
});
