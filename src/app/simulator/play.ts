import { orderStatuses, orderStatusSchema } from "../../model/shop.ts";
import { parseDuration, renderDuration } from "../../simulator/duration.ts";
import type { Simulation, Turn } from "../../simulator/simulation.ts";
import { renderShop } from "./render-shop.ts";
import { type Choice, choicesOf, renderTurn } from "./render-turn.ts";

const help = `Type what the person says, or the number of a button. Besides:
  :jump 2h         let two hours go by (s, m, h, d, w)
  :next            let time go by until the next wait ends
  :start [PAYLOAD] open the chat again, as if by a link
  :contact         show the contact
  :shop            show the cart and the orders
  :order 1 paid    change an order, as the shop would
  :quit            end`;

/** Plays one line after another. */
export class Player {
  readonly #simulation: Simulation;
  readonly #turns: Turn[] = [];
  #choices: readonly Choice[] = [];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Everything that has happened. */
  get turns(): readonly Turn[] {
    return this.#turns;
  }

  async start(payload: string | undefined): Promise<readonly string[]> {
    return await this.#show(await this.#simulation.handle({ kind: "start", payload }));
  }

  /** What the terminal shows in answer to a line; undefined: the play is over. */
  async line(text: string): Promise<readonly string[] | undefined> {
    const trimmed = text.trim();
    if (trimmed === "") return [];
    if (trimmed.startsWith(":")) return await this.#command(trimmed);
    const choice = /^\d{1,3}$/.test(trimmed) ? this.#choices[Number(trimmed) - 1] : undefined;
    if (choice === undefined) {
      return await this.#show(await this.#simulation.handle({ kind: "message", message: { text, attachments: [] } }));
    }
    if (choice.payload === undefined) return [`   * opens ${choice.url}`];
    return await this.#show(
      await this.#simulation.handle({ kind: "button", payload: choice.payload, title: choice.title }),
    );
  }

  async #command(text: string): Promise<readonly string[] | undefined> {
    const [name, ...rest] = text.split(/\s+/);
    const argument = rest.join(" ");
    switch (name) {
      case ":quit":
        return undefined;
      case ":help":
        return help.split("\n");
      case ":contact":
        return JSON.stringify(this.#simulation.contact, undefined, 2).split("\n");
      case ":shop":
        return renderShop(this.#simulation.goods);
      case ":order":
        return await this.#changeOrder(rest);
      case ":start":
        return await this.start(argument === "" ? undefined : argument);
      case ":next":
        return await this.#next();
      case ":jump": {
        const duration = parseDuration(argument);
        if (duration === undefined) return [`   * "${argument}" is not a duration; try :jump 2h`];
        return [`   * ${renderDuration(duration)} later`, ...(await this.#show(await this.#simulation.jump(duration)))];
      }
      default:
        return [`   * there is no ${name}; :help lists what there is`];
    }
  }

  async #changeOrder([id = "", status = ""]: readonly string[]): Promise<readonly string[]> {
    const wanted = orderStatusSchema.safeParse(status);
    if (!wanted.success) return [`   * "${status}" is no status of an order; there are ${orderStatuses.join(", ")}`];
    const call = { action: "update_order", args: { order: id, status: wanted.data } };
    return await this.#show(await this.#simulation.handle({ kind: "actions", actions: [call] }));
  }

  async #next(): Promise<readonly string[]> {
    const { nextTimer, now } = this.#simulation;
    if (nextTimer === undefined) return ["   * nothing here ends by itself"];
    const wait = Math.max(0, nextTimer - now);
    return [`   * ${renderDuration(wait)} later`, ...(await this.#show(await this.#simulation.jump(wait)))];
  }

  async #show(turns: readonly Turn[]): Promise<readonly string[]> {
    const lines: string[] = [];
    const choices: Choice[] = [];
    for (const turn of turns) {
      this.#turns.push(turn);
      lines.push(...renderTurn(turn, choices.length + 1));
      choices.push(...turn.messages.flatMap(({ content }) => choicesOf(content)));
    }
    // Buttons stay usable until others come.
    if (choices.length > 0) this.#choices = choices;
    return [...lines, ...(await this.#passShortWait())];
  }

  /** A delay of some seconds goes by at once; of a longer wait the terminal tells. */
  async #passShortWait(): Promise<readonly string[]> {
    const delay = this.#simulation.contact.positions.find(
      ({ waitsFor, wakeAt }) => waitsFor === "time" && wakeAt !== undefined,
    );
    if (delay?.wakeAt === undefined) return [];
    const wait = Math.max(0, delay.wakeAt - this.#simulation.now);
    if (this.#simulation.shortWait === undefined) return [`   * waits ${renderDuration(wait)} (:next to go there)`];
    return [`   * ${renderDuration(wait)} later`, ...(await this.#show(await this.#simulation.jump(wait)))];
  }
}
