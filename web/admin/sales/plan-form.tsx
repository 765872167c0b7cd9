import { Button, Group, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import { type Distribution, distributions, maxPlanLabel } from "../../../src/model/sales-plan.ts";
import { useMembers } from "../inbox/use-members.ts";
import { useBasis } from "../layout/basis.ts";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";
import { fromTyped, isCurrency, showMoney, toTyped } from "./money.ts";
import { type DraftStatus, StatusesField } from "./statuses-field.tsx";

const fields = ["name", "currency", "averageCheck", "label", "distribution", "statuses", "managers"];

/** Makes a plan, or changes the one that is given. */
export function PlanForm({
  plan,
  onDone,
}: {
  readonly plan?: SalesPlanBody | undefined;
  readonly onDone: (plan: SalesPlanBody) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { members, nameOfMember } = useMembers();
  const [name, setName] = useState(plan?.name ?? "");
  const [currency, setCurrency] = useState(plan?.currency ?? "EUR");
  const [average, setAverage] = useState(plan === undefined ? "" : toTyped(plan.averageCheck, plan.currency));
  const [label, setLabel] = useState(plan?.label ?? "");
  const [distribution, setDistribution] = useState<Distribution>(plan?.distribution ?? "manual");
  const [managers, setManagers] = useState((plan?.managers ?? []).map(String));
  const [statuses, setStatuses] = useState<readonly DraftStatus[]>(
    plan?.statuses ?? [
      { name: t("sales.first.new"), kind: "open" },
      { name: t("sales.first.talk"), kind: "open" },
      { name: t("sales.first.won"), kind: "won" },
      { name: t("sales.first.lost"), kind: "lost" },
    ],
  );
  const averageCheck = average.trim() === "" ? null : fromTyped(average, currency);
  const basis = useBasis(
    `/sales-plans/${plan?.ref}`,
    plan,
    ["name", "currency", "averageCheck", "label", "distribution", "managers", "statuses"],
    {
      words: {
        averageCheck: { say: (minor) => showMoney(Number(minor), plan?.currency ?? currency) },
        distribution: { say: (way) => t(`sales.way.${way as Distribution}`) },
        managers: { say: (ids) => (ids as number[]).map(nameOfMember).join(", ") },
        statuses: {
          say: (all) =>
            (all as SalesPlanBody["statuses"]).map((one) => `${one.name} (${t(`sales.kind.${one.kind}`)})`).join(", "),
        },
      },
    },
  );
  const form = useForm(
    fields,
    async () => {
      // What is no amount goes as it stands: the server says what is wrong with it.
      const values = { name, currency, averageCheck: averageCheck ?? (average.trim() === "" ? null : average) };
      const body = { ...values, label, distribution, managers: managers.map(Number), statuses };
      const path = plan === undefined ? "/sales-plans" : `/sales-plans/${plan.ref}`;
      const saved = await api.send<SalesPlanBody>(plan === undefined ? "POST" : "PATCH", path, body);
      await client.invalidateQueries({ queryKey: [api.domain, "sales-plans"] });
      await client.invalidateQueries({ queryKey: [api.domain, "deals"] });
      onDone(saved);
    },
    {},
    basis,
  );
  const { fieldErrors } = form;
  const isNoAmount = averageCheck === undefined && isCurrency(currency);
  return (
    <GuardedForm form={form}>
      <Stack>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <TextInput
          label={t("sales.name")}
          required
          data-autofocus
          maxLength={200}
          value={name}
          error={fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t("sales.currency")}
            description={t("sales.currencyHint")}
            required
            maxLength={3}
            value={currency}
            error={fieldErrors.currency}
            onChange={({ currentTarget }) => setCurrency(currentTarget.value.toUpperCase())}
          />
          <TextInput
            label={t("sales.average")}
            description={t("sales.averageHint")}
            inputMode="decimal"
            value={average}
            error={isNoAmount ? t("sales.noAmount") : fieldErrors.averageCheck}
            onChange={({ currentTarget }) => setAverage(currentTarget.value)}
          />
        </Group>
        <TextInput
          label={t("sales.label")}
          description={t("sales.labelHint", { count: maxPlanLabel })}
          value={label}
          error={fieldErrors.label}
          onChange={({ currentTarget }) => setLabel([...currentTarget.value].slice(0, maxPlanLabel).join(""))}
        />
        <StatusesField statuses={statuses} error={fieldErrors.statuses} onChange={setStatuses} />
        <MultiSelect
          label={t("sales.managers")}
          description={t("sales.managersHint")}
          data={members.map(({ id, name: title }) => ({ value: String(id), label: title }))}
          value={managers}
          searchable
          error={fieldErrors.managers}
          onChange={setManagers}
        />
        <Select
          label={t("sales.distribution")}
          description={t(`sales.wayText.${distribution}`)}
          data={distributions.map((way) => ({ value: way, label: t(`sales.way.${way}`) }))}
          value={distribution}
          allowDeselect={false}
          onChange={(way) => way !== null && setDistribution(way)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={form.isBusy} disabled={isNoAmount}>
            {t(plan === undefined ? "action.create" : "action.save")}
          </Button>
        </Group>
      </Stack>
    </GuardedForm>
  );
}
