import { Badge, Button, Group, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DealBody, SalesPlanBody, SalesPlanSumsBody } from "../../../src/http/contract/sales-plans.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { DealCard } from "./deal-card.tsx";
import { showMoney } from "./money.ts";
import { type Moves, withMoves } from "./use-moves.ts";

/** What a dragged card carries. Other things that are dragged over the board are none of its business. */
const dealType = "application/x-repartee-deal";

const colours = { open: "gray", won: "teal", lost: "red" } as const;

/** One status: how many deals, what they are worth, and their cards, page by page. */
export function BoardColumn({
  plan,
  status,
  manager,
  moves,
  line,
  mayChange,
  onEdit,
}: {
  readonly plan: SalesPlanBody;
  readonly status: SalesPlanBody["statuses"][number];
  readonly manager: string | null;
  readonly moves: Moves;
  readonly line: SalesPlanSumsBody["data"][number] | undefined;
  readonly mayChange: boolean;
  readonly onEdit: (deal: DealBody) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: [api.domain, "deals", plan.ref, status.ref, manager],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: DealBody[]; nextCursor: string | null }>(
        "/deals",
        { plan: plan.ref, status: status.ref, manager: manager ?? undefined, cursor: pageParam, limit: 30 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const deals = withMoves(status.ref, query.data?.pages.flatMap(({ data }) => data) ?? [], moves);
  const { isOver, ...target } = useDropTarget((deal) => moves.move(deal, status.ref));
  return (
    <section className="board-column" data-over={isOver} aria-label={status.name} {...(mayChange ? target : {})}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={2} size="h5" className="breakable">
            {status.name}
          </Title>
          <Badge color={colours[status.kind]} variant="light">
            <span aria-hidden>{line?.count ?? "…"}</span>
            <VisuallyHidden>{t("sales.count", { count: line?.count ?? 0 })}</VisuallyHidden>
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {line === undefined || line.sums.length === 0
            ? "—"
            : line.sums.map(({ sum, currency }) => showMoney(sum, currency)).join(" · ")}
        </Text>
        {query.error === null ? null : <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
        {deals.map((deal) => (
          <DealCard
            key={deal.id}
            deal={deal}
            status={status.ref}
            statuses={plan.statuses}
            isMoving={moves.pending.has(deal.id)}
            mayChange={mayChange}
            onDragStart={(event) => event.dataTransfer.setData(dealType, JSON.stringify(deal))}
            onMove={(to) => moves.move(deal, to)}
            onEdit={() => onEdit(deal)}
          />
        ))}
        {query.hasNextPage ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("action.more")}
          </Button>
        ) : null}
      </Stack>
    </section>
  );
}

/** Takes cards that are dropped here. */
function useDropTarget(onDrop: (deal: DealBody) => void) {
  const [isOver, setOver] = useState(false);
  const isDeal = (event: DragEvent) => event.dataTransfer.types.includes(dealType);
  return {
    isOver,
    onDragOver: (event: DragEvent) => {
      if (!isDeal(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      // Into a card of this column is not out of it.
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!isDeal(event)) return;
      event.preventDefault();
      onDrop(JSON.parse(event.dataTransfer.getData(dealType)) as DealBody);
    },
  };
}
