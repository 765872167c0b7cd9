import { useCallback, useMemo, useRef, useState } from "react";
import type { BotSnapshotBody, ContactGoods, VariantSnapshots } from "../../../src/http/contract/simulation.ts";
import type { Contact } from "../../../src/model/contact.ts";
import type { Happening } from "../../../src/model/event.ts";
import type { Json } from "../../../src/model/field.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import type { OrderStatus } from "../../../src/model/shop.ts";
import { type FindVariants, type Goods, noGoods } from "../../../src/simulator/desks.ts";
import { Simulation, type Turn, type WaitingJob } from "../../../src/simulator/simulation.ts";
import { type ReadBot, toSimulatedBot, toVariables } from "../../../src/simulator/to-bot.ts";
import { useApi } from "../layout/page.tsx";
import { firstSetup, placeContact, type Setup } from "./setup.ts";
import { type Trail, traceFlow } from "./trail.ts";

/** One line of the play, in the order in which it came. */
export type Entry =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "pressed"; readonly text: string }
  | { readonly kind: "ordered"; readonly order: number; readonly status: OrderStatus }
  | { readonly kind: "passed"; readonly milliseconds: number }
  | { readonly kind: "turn"; readonly turn: Turn };

export interface SimulatedFlow {
  readonly ref: string;
  readonly botId: number;
}

/** What runs, without React. */
interface Running {
  readonly simulation: Simulation;
  readonly bot: ReadBot;
  readonly channel: { readonly id: number; readonly kind: string };
  readonly setup: Setup;
  document: FlowDocument;
  readonly jobs: Map<string, WaitingJob>;
}

export interface Simulator {
  readonly setup: Setup;
  readonly setSetup: (setup: Setup) => void;
  /** Absent: nobody plays yet. */
  readonly contact: Contact | undefined;
  /** The cart, the orders and the deals of the contact. */
  readonly goods: Goods;
  readonly now: number;
  readonly nextTimer: number | undefined;
  readonly entries: readonly Entry[];
  readonly trail: Trail | undefined;
  /** What waits for an answer from outside. */
  readonly jobs: readonly WaitingJob[];
  readonly isBusy: boolean;
  readonly error: unknown;
  begin(step?: string): Promise<void>;
  end(): void;
  say(text: string): void;
  press(button: { readonly payload: string; readonly title: string }): void;
  jump(milliseconds: number): void;
  /** Changes an order as the shop would: it is paid, sent out, cancelled. */
  changeOrder(order: number, status: OrderStatus): void;
  /** `isKept`: so it is answered whenever somebody comes to this step again. */
  answer(job: WaitingJob, result: Json, isKept: boolean): void;
}

/** Plays the draft as it is now: the server's own engine in this page. No channel hears of it, nothing is stored. */
export function useSimulator(flow: SimulatedFlow, document: FlowDocument): Simulator {
  const api = useApi();
  const [setup, setSetup] = useState<Setup>(firstSetup);
  const running = useRef<Running | undefined>(undefined);
  const kept = useRef(new Map<string, Json>());
  const latest = useRef(document);
  latest.current = document;
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const run = useCallback(
    async (first: Entry | undefined, act: (simulation: Simulation) => Promise<readonly Turn[]>) => {
      const play = running.current;
      if (play === undefined) return;
      setBusy(true);
      if (first !== undefined) setEntries((old) => [...old, first]);
      try {
        followDraft(play, flow.ref, latest.current);
        const turns = await playOn(play.simulation, act);
        setEntries((old) => [...old, ...turns]);
      } catch (thrown) {
        setError(thrown);
      } finally {
        setBusy(false);
      }
    },
    [flow.ref],
  );

  const begin = async (step?: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const bot = await api.get<BotSnapshotBody>(`/bots/${flow.botId}/snapshot`);
      const [real, goods] = setup.contact === undefined ? [] : await readContact(setup.contact);
      running.current = prepare(bot as ReadBot, real, goods);
      setEntries([]);
      const happening = toBeginning(setup, flow.ref, step);
      if (happening === undefined) setBusy(false);
      else await run(undefined, (simulation) => simulation.handle(happening));
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  const readContact = (id: number) =>
    Promise.all([api.get<Contact>(`/contacts/${id}/snapshot`), api.get<ContactGoods>(`/contacts/${id}/goods`)]);
  const findVariants: FindVariants = async (keys) => {
    const { data } = await api.ask<VariantSnapshots>("/variants/snapshots", { keys });
    return new Map(keys.map((key, index) => [key, data[index] ?? null]));
  };

  const prepare = (bot: ReadBot, real: Contact | undefined, goods: ContactGoods | undefined): Running => {
    const at = setup.at === "" ? Date.now() : new Date(setup.at).getTime();
    const { contact, channelId } = placeContact(setup, real, bot, at);
    const channel = { id: channelId, kind: setup.channelKind };
    const jobs = new Map<string, WaitingJob>();
    const simulation = new Simulation({
      bot: toSimulatedBot(bot, { ref: flow.ref, document: latest.current }, channel),
      contact,
      variables: toVariables(bot),
      channelId,
      isNew: real === undefined,
      at,
      seed: Math.floor(Math.random() * 2 ** 32),
      goods: { ...noGoods, ...goods },
      findVariants,
      answerJob: async (job) => {
        const { flow: where, step } = job.position;
        const result = kept.current.get(`${where} ${step}`);
        if (result === undefined) jobs.set(job.position.id, job);
        return result;
      },
    });
    return { simulation, bot, channel, setup, document: latest.current, jobs };
  };

  const play = running.current;
  const contact = play?.simulation.contact;
  const trail = useMemo(() => {
    const turns = entries.flatMap((entry) => (entry.kind === "turn" ? [entry.turn] : []));
    return contact === undefined ? undefined : traceFlow(flow.ref, turns, contact.positions);
  }, [entries, contact, flow.ref]);
  const jobs = (contact?.positions ?? []).flatMap(({ id }) => play?.jobs.get(id) ?? []);

  return {
    setup,
    setSetup,
    contact,
    goods: play?.simulation.goods ?? noGoods,
    now: play?.simulation.now ?? 0,
    nextTimer: play?.simulation.nextTimer,
    entries,
    trail,
    jobs,
    isBusy,
    error,
    begin,
    end: () => {
      running.current = undefined;
      setEntries([]);
      setError(undefined);
    },
    say: (text) =>
      void run({ kind: "said", text }, (simulation) =>
        simulation.handle({ kind: "message", message: { text, attachments: [] } }),
      ),
    press: ({ payload, title }) =>
      void run({ kind: "pressed", text: title }, (simulation) => simulation.handle({ kind: "button", payload, title })),
    jump: (milliseconds) => void run({ kind: "passed", milliseconds }, (simulation) => simulation.jump(milliseconds)),
    changeOrder: (order, status) =>
      void run({ kind: "ordered", order, status }, (simulation) =>
        simulation.handle({ kind: "actions", actions: [{ action: "update_order", args: { order, status } }] }),
      ),
    answer: (job, result, isKept) => {
      const { id: positionId, flow: where, step } = job.position;
      if (isKept) kept.current.set(`${where} ${step}`, result);
      void run(undefined, (simulation) => simulation.handle({ kind: "job_result", positionId, result }));
    },
  };
}

/** What was drawn meanwhile counts from the next event on, as after publishing. */
function followDraft(play: Running, ref: string, document: FlowDocument): void {
  if (play.document === document) return;
  play.document = document;
  play.simulation.publish(toSimulatedBot(play.bot, { ref, document }, play.channel));
}

/** Does it, and passes delays of some seconds by themselves. */
async function playOn(
  simulation: Simulation,
  act: (simulation: Simulation) => Promise<readonly Turn[]>,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const add = (turns: readonly Turn[]) => entries.push(...turns.map((turn): Entry => ({ kind: "turn", turn })));
  add(await act(simulation));
  // A loop of short delays goes on for ever.
  for (let passed = 0; passed < 50; passed += 1) {
    const milliseconds = simulation.shortWait;
    if (milliseconds === undefined) break;
    entries.push({ kind: "passed", milliseconds });
    add(await simulation.jump(milliseconds));
  }
  return entries;
}

function toBeginning({ begin, payload }: Setup, flow: string, step: string | undefined): Happening | undefined {
  if (step !== undefined || begin === "flow") {
    const args = step === undefined ? { flow } : { flow, step };
    return { kind: "actions", actions: [{ action: "start_flow", args }] };
  }
  if (begin === "message") return undefined;
  return payload === "" ? { kind: "start" } : { kind: "start", payload };
}
