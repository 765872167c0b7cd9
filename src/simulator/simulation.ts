import type { Advance } from "../engine/advance.ts";
import { MustRead } from "../engine/must-read.ts";
import type { Contact, Position } from "../model/contact.ts";
import type { Event, EventSource, Happening } from "../model/event.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { Fact, JobOfPosition, Outcome } from "../model/outcome.ts";
import type { BotSnapshot, World } from "../model/world.ts";
import { Desks, type FindVariants, type Goods, noGoods } from "./desks.ts";
import { BrokenStep, observeAdvance, type Passage } from "./observe-advance.ts";

/** Work that a position waits for, as the step left it there. */
export interface WaitingJob {
  /** Names a job of `shell/jobs`. */
  readonly kind: string;
  readonly position: Position;
  /** What the step told the job. */
  readonly data: Json;
}

/** What a job brings back; undefined: nobody does it, and the position waits on. */
export type AnswerJob = (job: WaitingJob) => Promise<Json | undefined>;

export interface SimulationOptions {
  readonly bot: BotSnapshot;
  readonly contact: Contact;
  /** Values of the bot's variables. */
  readonly variables?: Readonly<Record<string, FieldValue>>;
  /** The channel that everything comes by. */
  readonly channelId: number;
  /** The contact becomes one with the first event. */
  readonly isNew?: boolean;
  /** Where the clock stands at first, Unix milliseconds. */
  readonly at: number;
  /** The same seed gives the same splits. */
  readonly seed: number;
  readonly answerJob: AnswerJob;
  /** What is sold and bought; absent: the shop is closed, and deals are forgotten at once. */
  readonly goods?: Goods | undefined;
  /** Asked for what `goods` does not hold. */
  readonly findVariants?: FindVariants | undefined;
}

/** What one happening led to. */
export interface Turn {
  /** Unix milliseconds of the simulated clock. */
  readonly at: number;
  readonly messages: Outcome["messages"];
  readonly facts: readonly Fact[];
  /** Those that nobody did here. */
  readonly jobs: Outcome["jobs"];
  /** Outputs that were gone through, in order. */
  readonly passages: readonly Passage[];
  /** Set where the engine refused the happening. */
  readonly refused: string | undefined;
}

/** More than this in one go are a loop that somebody drew. */
const mostTurns = 1000;
const shortWaitMs = 15_000;
/** Above the ids of real events, by which the positions of a real contact are called. */
const firstEventId = 2 ** 40;
const sources: { readonly [K in Happening["kind"]]?: EventSource } = {
  timer: "timer",
  job_result: "job",
  actions: "api",
};

/** One contact, one bot and a clock of its own: the engine in a room without windows. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #advance: Advance;
  readonly #desks: Desks | undefined;
  #passages: Passage[] = [];
  #bot: BotSnapshot;
  #contact: Contact;
  #variables: Readonly<Record<string, FieldValue>>;
  #now: number;
  #events = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#advance = observeAdvance((passage) => this.#passages.push(passage));
    this.#desks = options.goods === undefined ? undefined : new Desks(options.goods, options.findVariants);
    this.#bot = options.bot;
    this.#contact = options.contact;
    this.#variables = options.variables ?? {};
    this.#now = options.at;
  }

  get contact(): Contact {
    return this.#contact;
  }

  /** The values that the bot's variables have. */
  get variables(): Readonly<Record<string, FieldValue>> {
    return this.#variables;
  }

  /** What is sold, and what the contact has of it. */
  get goods(): Goods {
    return this.#desks?.goods ?? noGoods;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next wait ends by itself; undefined: none does. */
  get nextTimer(): number | undefined {
    const times = this.#contact.positions.map(({ wakeAt }) => wakeAt).filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** How long the delay takes that the contact is in, where it is so short that nobody wants to jump over it by hand. */
  get shortWait(): number | undefined {
    const delay = this.#contact.positions.find(({ waitsFor, wakeAt }) => waitsFor === "time" && wakeAt !== undefined);
    const wait = delay?.wakeAt === undefined ? undefined : Math.max(0, delay.wakeAt - this.#now);
    return wait !== undefined && wait <= shortWaitMs ? wait : undefined;
  }

  /** Puts a changed bot in the old one's place, as publishing does: who stands in a flow goes on in the new one. */
  publish(bot: BotSnapshot): void {
    this.#bot = bot;
  }

  /** What the happening led to, and what the jobs that it came to led to in their turn. */
  async handle(happening: Happening): Promise<readonly Turn[]> {
    const turns: Turn[] = [];
    const waiting: Happening[] = [happening];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const turn = await this.#decide(next);
      const undone = [];
      for (const job of turn.jobs) {
        const result = turns.length + 1 < mostTurns ? await this.#answer(job) : undefined;
        if (result === undefined) undone.push(job);
        else waiting.push(result);
      }
      turns.push({ ...turn, jobs: undone });
    }
    return turns;
  }

  async #answer({ kind, data }: Turn["jobs"][number]): Promise<Happening | undefined> {
    const { positionId, data: told } = (data ?? {}) as unknown as Partial<JobOfPosition>;
    const position = this.#contact.positions.find(({ id }) => id === positionId);
    if (position === undefined) return undefined;
    const result = await this.#options.answerJob({ kind, position, data: told ?? null }).catch((thrown: unknown) => {
      throw new BrokenStep(position, thrown);
    });
    return result === undefined ? undefined : { kind: "job_result", positionId: position.id, result };
  }

  async #decide(happening: Happening): Promise<Turn> {
    const { seed, channelId, isNew = false } = this.#options;
    this.#events += 1;
    const event: Event = {
      ...happening,
      id: firstEventId + this.#events,
      at: this.#now,
      seed: (seed + Math.imul(this.#events, 0x9e3779b1)) >>> 0,
      source: sources[happening.kind] ?? "channel",
      channelId,
    };
    const world = {
      bot: this.#bot,
      variables: this.#variables,
      contact: this.#contact,
      isNew: isNew && this.#events === 1,
    };
    const outcome = await this.#advanceReading(world, event);
    const { contact, variables, messages, facts, jobs, answer } = outcome;
    this.#desks?.keep(outcome);
    this.#contact = contact;
    this.#setVariables(variables);
    const refused = answer.status === "refused" ? answer.message : undefined;
    return { at: this.#now, messages, facts, jobs, passages: this.#passages, refused };
  }

  /** Decides again from the start for as long as the decision asks for more, as the batch does. */
  async #advanceReading(world: World, event: Event): Promise<Outcome> {
    for (;;) {
      this.#passages = [];
      try {
        return this.#advance({ ...world, ...this.#desks?.viewOf(this.#bot) }, event);
      } catch (thrown) {
        if (!(thrown instanceof MustRead) || this.#desks === undefined) throw thrown;
        await this.#desks.read(thrown.needs);
      }
    }
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
