import { Alert, Anchor, Button, Group, Select, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconArrowLeft, IconPlus, IconSettings } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DealBody, SalesPlanBody, SalesPlanSumsBody } from "../../../src/http/contract/sales-plans.ts";
import { useMembers } from "../inbox/use-members.ts";
import { Dialog } from "../layout/dialog.tsx";
import { Page, useApi } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing, MissingPage, useErrorText } from "../layout/trouble.tsx";
import { BoardColumn } from "./board-column.tsx";
import "./board.css";
import { DealForm } from "./deal-form.tsx";
import { DeletePlan } from "./delete-plan.tsx";
import { PlanForm } from "./plan-form.tsx";
import { type Moves, sumsWithMoves, useMoves } from "./use-moves.ts";
import { useMay, usePlans } from "./use-plans.ts";

/** A sales plan as a board: a column for each status, a card for each deal. */
export function BoardPage() {
  const { ref } = useParams({ from: "/w/$domain/sales/$ref" });
  const plans = usePlans();
  if (leavesNothing(plans.error, plans.data))
    return <ErrorNotice error={plans.error} onRetry={() => void plans.refetch()} />;
  if (plans.data === undefined) return <Skeleton h={400} />;
  const plan = plans.data.data.find((one) => one.ref === ref);
  return plan === undefined ? <MissingPage /> : <Board plan={plan} />;
}

function Board({ plan }: { readonly plan: SalesPlanBody }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const api = useApi();
  const [manager, setManager] = useState<string | null>(null);
  const [isSettingUp, settings] = useDisclosure(false);
  const [isAdding, adding] = useDisclosure(false);
  const [edited, setEdited] = useState<DealBody>();
  const { mayChangePlans, mayChangeDeals } = useMay();
  const moves = useMoves();
  const sums = useQuery({
    queryKey: [api.domain, "deals", plan.ref, "sums", manager],
    queryFn: ({ signal }) =>
      api.get<SalesPlanSumsBody>(`/sales-plans/${plan.ref}/sums`, { manager: manager ?? undefined }, signal),
  });
  const lines = sumsWithMoves(sums.data?.data ?? [], moves);
  const actions = (
    <>
      <ManagerFilter value={manager} onChange={setManager} />
      {mayChangePlans ? (
        <Button variant="default" leftSection={<IconSettings size={16} />} onClick={settings.open}>
          {t("sales.settings")}
        </Button>
      ) : null}
      {mayChangeDeals ? (
        <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
          {t("sales.addDeal")}
        </Button>
      ) : null}
    </>
  );
  return (
    <Page title={plan.name} actions={actions}>
      <Anchor component={Link} to={`/w/${domain}/sales`} size="sm">
        <Group gap={4}>
          <IconArrowLeft size={14} />
          {t("sales.all")}
        </Group>
      </Anchor>
      <Trouble moves={moves} />
      {sums.error === null ? null : <ErrorNotice error={sums.error} onRetry={() => void sums.refetch()} />}
      <section className="board" aria-label={plan.name}>
        {plan.statuses.map((status) => (
          <BoardColumn
            key={status.ref}
            plan={plan}
            status={status}
            manager={manager}
            moves={moves}
            line={lines.find((line) => line.status === status.ref)}
            mayChange={mayChangeDeals}
            onEdit={setEdited}
          />
        ))}
      </section>
      {isAdding ? (
        <Dialog onClose={adding.close} title={t("sales.addDeal")}>
          <DealForm plan={plan} onDone={adding.close} />
        </Dialog>
      ) : null}
      {edited === undefined ? null : (
        <Dialog onClose={() => setEdited(undefined)} title={t("sales.deal")}>
          <DealForm plan={plan} deal={edited} onDone={() => setEdited(undefined)} />
        </Dialog>
      )}
      {isSettingUp ? (
        <Dialog onClose={settings.close} size="lg" title={t("sales.settings")}>
          <Settings plan={plan} onDone={settings.close} />
        </Dialog>
      ) : null}
    </Page>
  );
}

function Settings({ plan, onDone }: { readonly plan: SalesPlanBody; readonly onDone: () => void }) {
  const { domain } = useParams({ from: "/w/$domain" });
  const navigate = useNavigate();
  return (
    <>
      <PlanForm plan={plan} onDone={onDone} />
      <DeletePlan
        plan={plan}
        onDone={() => void navigate({ to: "/w/$domain/sales", params: { domain }, ignoreBlocker: true })}
      />
    </>
  );
}

function ManagerFilter({
  value,
  onChange,
}: {
  readonly value: string | null;
  readonly onChange: (manager: string | null) => void;
}) {
  const { t } = useTranslation();
  const { members } = useMembers();
  return (
    <Select
      w={200}
      aria-label={t("sales.ofManager")}
      placeholder={t("sales.everybody")}
      clearable
      clearButtonProps={{ "aria-label": t("sales.everybody") }}
      data={[
        { value: "none", label: t("inbox.nobody") },
        ...members.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}

/** Why a card went back to where it was. */
function Trouble({ moves: { trouble, dismiss } }: { readonly moves: Moves }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  if (trouble === undefined) return null;
  const { deal, error } = trouble;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={t("sales.notMoved", { deal: deal.title === "" ? (deal.contactName ?? deal.id) : deal.title })}
      withCloseButton
      closeButtonLabel={t("action.close")}
      onClose={dismiss}
      role="alert"
    >
      <Text size="sm">{describe(error)}</Text>
    </Alert>
  );
}
