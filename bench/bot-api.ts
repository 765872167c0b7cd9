import { startTelegramStandIn } from "../test/stand-ins/telegram-bot-api.ts";

/** The stand-in for the Bot API, in a process of its own. */
await startTelegramStandIn({ port: Number(process.env.PORT), keepCalls: false });
process.on("SIGTERM", () => process.exit(0));
