import { addKeyword, createBot, createFlow, createProvider, MemoryDB, ProviderClass } from "@builderbot/bot";

/** Its own providers are for WhatsApp and the like: this one is the few lines that its documentation asks of a provider, for the Bot API. */
class BotApiProvider extends ProviderClass {
  globalVendorArgs = { name: "bot", port: Number(process.env.PORT) };
  async initVendor() {
    this.vendor = {};
    return this.vendor;
  }
  beforeHttpServerInit() {
    this.server
      .get("/ready", (_request, response) => response.end())
      .post("/hook", (request, response) => {
        const { chat, from, text } = request.body.message;
        this.emit("message", { body: text, from: String(chat.id), name: from.first_name });
        response.end();
      });
  }
  afterHttpServerInit() {
    this.emit("ready", true);
  }
  busEvents = () => [];
  async saveFile() {
    return "";
  }
  async sendMessage(userId, text) {
    const response = await fetch(`${process.env.BOT_API}/sendMessage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ chat_id: Number(userId), text }),
    });
    return await response.json();
  }
}

const price = addKeyword("/^price/", { regex: true }).addAction(async (context, { state, flowDynamic }) => {
  await state.update({ tags: ["asked"], asked: (state.get("asked") ?? 0) + 1 });
  await flowDynamic(`It is 990 for ${context.body}`);
});
const provider = createProvider(BotApiProvider);
const bot = await createBot({ flow: createFlow([price]), provider, database: new MemoryDB() });
bot.httpServer(Number(process.env.PORT));
process.on("SIGTERM", () => process.exit(0));
