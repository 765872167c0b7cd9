import { createServer } from "node:http";
import { startTelegramStandIn } from "../test/stand-ins/telegram-bot-api.ts";

/**
 * The stand-in for the Bot API, in a process of its own. With `RECORD_PORT` it keeps what was sent, and gives it away there, once: a list of
 * `[person, text, Unix milliseconds]`.
 */
const recordPort = process.env.RECORD_PORT;
const standIn = await startTelegramStandIn({ port: Number(process.env.PORT), keepCalls: recordPort !== undefined });
if (recordPort !== undefined) {
  const server = createServer((_request, response) => {
    const sent = standIn.calls.splice(0).filter(({ method }) => method === "sendMessage");
    response.end(JSON.stringify(sent.map(({ payload, at }) => [Number(payload.chat_id), String(payload.text), at])));
  });
  server.listen(Number(recordPort), "127.0.0.1");
}
process.on("SIGTERM", () => process.exit(0));
