import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DealBody, SalesPlanSumsBody } from "../../../src/http/contract/sales-plans.ts";
import { useApi } from "../layout/page.tsx";

/** A deal on its way to another status. */
interface Move {
  readonly deal: DealBody;
  readonly status: string;
}

export interface Moves {
  /** Where deals are shown before the server has said yes, by id. */
  readonly pending: ReadonlyMap<number, Move>;
  /** Why the last one went back; undefined: it did not. */
  readonly trouble: { readonly deal: DealBody; readonly error: unknown } | undefined;
  move(deal: DealBody, status: string): void;
  dismiss(): void;
}

/** Moves deals at once, and back where the server says no. */
export function useMoves(): Moves {
  const api = useApi();
  const client = useQueryClient();
  const [pending, setPending] = useState<ReadonlyMap<number, Move>>(new Map());
  const [trouble, setTrouble] = useState<Moves["trouble"]>();
  const without = (id: number) => setPending((all) => new Map([...all].filter(([other]) => other !== id)));
  const { mutate } = useMutation({
    mutationFn: ({ deal, status }: Move) => api.send<DealBody>("PATCH", `/deals/${deal.id}`, { status }),
    onError: (error, { deal }) => {
      without(deal.id);
      setTrouble({ deal, error });
    },
    onSettled: async (_moved, _error, { deal }) => {
      await client.invalidateQueries({ queryKey: [api.domain, "deals"] });
      without(deal.id);
    },
  });
  return {
    pending,
    trouble,
    move: (deal, status) => {
      if (status === deal.status) return;
      setTrouble(undefined);
      setPending((all) => new Map(all).set(deal.id, { deal, status }));
      mutate({ deal, status });
    },
    dismiss: () => setTrouble(undefined),
  };
}

/** A status's deals as they are shown: those on their way to it first, and none on its way elsewhere. */
export function withMoves(status: string, deals: readonly DealBody[], { pending }: Moves): readonly DealBody[] {
  const coming = [...pending.values()].filter((move) => move.status === status).map(({ deal }) => deal);
  const rest = deals.filter(({ id }) => (pending.get(id)?.status ?? status) === status);
  return [...coming.filter(({ id }) => rest.every((other) => other.id !== id)), ...rest];
}

type Sums = SalesPlanSumsBody["data"];

/** Counts and sums with what is on its way. */
export function sumsWithMoves(sums: Sums, { pending }: Moves): Sums {
  return [...pending.values()].reduce<Sums>(
    (all, { deal, status }) => addDeal(addDeal(all, deal.status, deal, -1), status, deal, 1),
    sums,
  );
}

function addDeal(sums: Sums, status: string, { sum, currency }: DealBody, by: 1 | -1): Sums {
  return sums.map((line) => {
    if (line.status !== status) return line;
    const known = line.sums.some((one) => one.currency === currency);
    const all = known ? line.sums : [...line.sums, { currency, sum: 0, sumText: "" }];
    const next = all.map((one) => (one.currency === currency ? { ...one, sum: one.sum + by * sum } : one));
    return { ...line, count: line.count + by, sums: line.count + by === 0 ? [] : next };
  });
}
