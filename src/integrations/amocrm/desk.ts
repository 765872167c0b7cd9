import { z } from "zod";
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
  keepId(what: string, id: number | undefined): Promise<void>;
  /** When something was asked for whose making nobody heard of, in Unix milliseconds. */
  askedAt(what: string): number | undefined;
  /** It is known now, or handed over to people. */
  settle(what: string): Promise<void>;
  /** Asks for something new. What is not known to have failed stays open until it is settled. */
  make<T extends { readonly id: number }>(what: string, ask: () => Promise<T>): Promise<T>;
}

export function openDesk(call: OperationCall<Settings, unknown>, ports: IntegrationPorts): Desk {
  const { links } = call;
  const asked = (what: string) => `asked ${what}`;
  const desk: Desk = {
    api: openApi(call.integration, ports),
    now: ports.now,
    // A call that is sent again from the log has its id with an `r` behind.
    callId: call.callId.replace(/r+$/, ""),
    idOf: (what) => (links.all[what] === undefined ? undefined : Number(links.all[what])),
    idsOf: (beginning) =>
      Object.entries(links.all).flatMap(([what, id]) => (what.startsWith(beginning) ? [Number(id)] : [])),
    keepId: async (what, id) => await links.set(what, id === undefined ? null : String(id)),
    askedAt: (what) => z.coerce.number().optional().parse(links.all[asked(what)]),
    settle: async (what) => {
      if (links.all[asked(what)] !== undefined) await links.set(asked(what), null);
    },
    async make(what, ask) {
      // Written down before: whatever ends this process then, the next try knows.
      await links.set(asked(what), String(ports.now()));
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
