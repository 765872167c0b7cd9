import type { Contact } from "../../model/contact.ts";
import type { Event, EventSource, Happening } from "../../model/event.ts";
import type { FieldValue, Json } from "../../model/field.ts";
import type { FlowDocument } from "../../model/flow.ts";
import type { Fact, JobOfPosition, Outcome } from "../../model/outcome.ts";
import type { ScriptRun } from "../../model/script.ts";
import type { BotSnapshot } from "../../model/world.ts";
import type { RunScript } from "../../shell/scripts/script-pool.ts";
import { advance } from "../../steps/advance.ts";
import { inventBot, simulatedChannelId } from "./invent-bot.ts";

export interface SimulationOptions {
  readonly document: FlowDocument;
  readonly channelKind: string;
  /** Where the clock stands at first, Unix milliseconds. */
  readonly at: number;
  /** The same seed gives the same splits. */
  readonly seed: number;
  readonly timeZone: string;
  /** Where scripts run. */
  readonly runScript: RunScript;
}

/** What one happening led to. */
export interface Turn {
  /** Unix milliseconds of the simulated clock. */
  readonly at: number;
  readonly messages: Outcome["messages"];
  readonly facts: readonly Fact[];
  readonly jobs: Outcome["jobs"];
  /** Set where the engine refused the happening. */
  readonly refused: string | undefined;
}

/** More than this in one go are a loop that somebody drew. */
const mostTurns = 1000;
const scriptJob = "run-script";
const sources: { readonly [K in Happening["kind"]]?: EventSource } = { timer: "timer", job_result: "job" };

/** One contact, one flow and a clock of its own: the engine in a room without windows. */
export class Simulation {
  readonly #bot: BotSnapshot;
  readonly #seed: number;
  readonly #runScript: RunScript;
  #contact: Contact;
  #variables: Readonly<Record<string, FieldValue>> = {};
  #now: number;
  #lastEvent = 0;

  constructor(options: SimulationOptions) {
    this.#bot = inventBot(options);
    this.#seed = options.seed;
    this.#runScript = options.runScript;
    this.#now = options.at;
    this.#contact = {
      id: 1,
      cuid: "simulated",
      botId: this.#bot.id,
      createdAt: options.at,
      profile: {},
      utm: {},
      tags: [],
      labels: [],
      fields: {},
      sequences: [],
      identities: [
        { id: 1, channelId: simulatedChannelId, channelKind: options.channelKind, externalId: "1", status: "active" },
      ],
      positions: [],
      splits: {},
    };
  }

  get contact(): Contact {
    return this.#contact;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next wait ends by itself; undefined: none does. */
  get nextTimer(): number | undefined {
    const times = this.#contact.positions.map(({ wakeAt }) => wakeAt).filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** What the happening led to, and what the scripts that it came to led to in their turn. */
  async handle(happening: Happening): Promise<readonly Turn[]> {
    const turns: Turn[] = [];
    const waiting: Happening[] = [happening];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { jobs, ...turn } = this.#advance(next);
      const scripts = jobs.filter(({ kind }) => kind === scriptJob);
      turns.push({ ...turn, jobs: jobs.filter(({ kind }) => kind !== scriptJob) });
      if (turns.length >= mostTurns) break;
      for (const { data } of scripts) waiting.push(...(await this.#run(data as unknown as JobOfPosition)));
    }
    return turns;
  }

  async #run({ positionId }: JobOfPosition): Promise<Happening[]> {
    const position = this.#contact.positions.find(({ id }) => id === positionId);
    if (position === undefined) return [];
    // What the step left there, as on a server.
    const report = await this.#runScript(position.state as unknown as ScriptRun);
    return [{ kind: "job_result", positionId, result: report as unknown as Json }];
  }

  #advance(happening: Happening): Turn {
    this.#lastEvent += 1;
    const event: Event = {
      ...happening,
      id: this.#lastEvent,
      at: this.#now,
      seed: (this.#seed + Math.imul(this.#lastEvent, 0x9e3779b1)) >>> 0,
      source: sources[happening.kind] ?? "channel",
      channelId: simulatedChannelId,
    };
    const isNew = this.#lastEvent === 1;
    const outcome = advance({ bot: this.#bot, variables: this.#variables, contact: this.#contact, isNew }, event);
    this.#contact = outcome.contact;
    this.#setVariables(outcome.variables);
    const { messages, facts, jobs, answer } = outcome;
    return { at: this.#now, messages, facts, jobs, refused: answer.status === "refused" ? answer.message : undefined };
  }

  /** Lets time go by; every wait that ends on the way is handled at its own time. */
  async jump(milliseconds: number): Promise<readonly Turn[]> {
    const target = this.#now + milliseconds;
    const turns: Turn[] = [];
    while (turns.length < mostTurns) {
      const due = this.#contact.positions
        .filter((position) => position.wakeAt !== undefined && position.wakeAt <= target)
        .sort((a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0))[0];
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.wakeAt ?? 0);
      turns.push(...(await this.handle({ kind: "timer", positionId: due.id })));
    }
    this.#now = Math.max(this.#now, target);
    return turns;
  }

  #setVariables(changes: Outcome["variables"]): void {
    const variables: Record<string, FieldValue> = { ...this.#variables };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete variables[key];
      else variables[key] = value;
    }
    this.#variables = variables;
  }
}
