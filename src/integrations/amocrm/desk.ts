import type { IntegrationPorts, OperationCall } from "../../engine/integration-type.ts";
import { type AmocrmApi, openApi } from "./amocrm.api.ts";
import { AmocrmProblem } from "./problem.ts";
import type { Settings } from "./settings.ts";

/** What one call works with. */
export interface Desk {
  readonly api: AmocrmApi;
  readonly now: () => number;
  /** The same in every try of a call, and when it is sent again from the log. */
  readonly callId: string;
  /** amoCRM's ids, by what they are of. */
  idOf(what: string): number | undefined;
  /** All ids that are kept under names that begin so. */
  idsOf(beginning: string): readonly number[];
  keepId(what: string, id: number): Promise<void>;
  /** Something was asked for, and nobody heard whether it was made: when (Unix milliseconds), and under which name. */
  asked(what: string): { readonly at: number; readonly name: string } | undefined;
  /** It is known now, or handed over to people. */
  settle(what: string): Promise<void>;
  /** Asks for something new. What is not known to have failed stays open until it is settled. */
  make<T>(what: string, name: string, ask: () => Promise<T>): Promise<T>;
}

export function openDesk(call: OperationCall<Settings, unknown>, ports: IntegrationPorts): Desk {
  const { links } = call;
  const question = (what: string) => `asked ${what}`;
  const desk: Desk = {
    api: openApi(call.integration, ports),
    now: ports.now,
    // A call that is sent again from the log has its id with an `r` behind.
    callId: call.callId.replace(/r+$/, ""),
    idOf: (what) => (links.all[what] === undefined ? undefined : Number(links.all[what])),
    idsOf: (beginning) =>
      Object.entries(links.all).flatMap(([what, id]) => (what.startsWith(beginning) ? [Number(id)] : [])),
    keepId: async (what, id) => await links.set(what, String(id)),
    asked: (what) => {
      const [, at, name = ""] = /^(\d+) (.*)$/s.exec(links.all[question(what)] ?? "") ?? [];
      return at === undefined ? undefined : { at: Number(at), name };
    },
    settle: async (what) => {
      if (links.all[question(what)] !== undefined) await links.set(question(what), null);
    },
    async make(what, name, ask) {
      // Written down before: whatever ends this process then, the next try knows.
      await links.set(question(what), `${ports.now()} ${name}`);
      try {
        return await ask();
      } catch (thrown) {
        if (thrown instanceof AmocrmProblem && !thrown.mayBeDone) await desk.settle(what);
        throw thrown;
      }
    },
  };
  return desk;
}

/** What is found by searching shows up with a delay: before this time nothing can be said of what is not there. */
export const settlingMs = 60_000;
