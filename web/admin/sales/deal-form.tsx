import { Button, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DealBody, SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import { useMembers } from "../inbox/use-members.ts";
import { useBasis } from "../layout/basis.ts";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";
import { ContactSearch } from "./contact-search.tsx";
import { fromTyped, showMoney, toTyped } from "./money.ts";

const fields = ["contact", "status", "title", "sum", "manager", "note"];

/** Makes a deal for a contact that is looked up, or changes the one that is given. */
export function DealForm({
  plan,
  deal,
  onDone,
}: {
  readonly plan: SalesPlanBody;
  readonly deal?: DealBody | undefined;
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { members, nameOfMember } = useMembers();
  const currency = deal?.currency ?? plan.currency;
  const [contact, setContact] = useState<number | null>(null);
  const [title, setTitle] = useState(deal?.title ?? "");
  const [status, setStatus] = useState(deal?.status ?? plan.statuses.find(({ kind }) => kind === "open")?.ref ?? null);
  const [typed, setTyped] = useState(toTyped(deal?.sum ?? plan.averageCheck, currency));
  const [manager, setManager] = useState(
    deal?.manager === undefined || deal.manager === null ? null : String(deal.manager),
  );
  const [note, setNote] = useState(deal?.note ?? "");
  const sum = typed.trim() === "" ? 0 : fromTyped(typed, currency);
  const basis = useBasis(`/deals/${deal?.id}`, deal, ["title", "note", "sum", "status", "manager"], {
    words: {
      sum: { say: (minor) => showMoney(Number(minor), currency) },
      status: { say: (ref) => plan.statuses.find((one) => one.ref === ref)?.name ?? String(ref) },
      manager: { say: (id) => nameOfMember(Number(id)) },
    },
  });
  const form = useForm(
    fields,
    async () => {
      const values = { title, note, sum, status: status ?? undefined };
      const given = manager === null ? null : Number(manager);
      if (deal === undefined) {
        const body = { ...values, contact, plan: plan.ref, ...(given === null ? {} : { manager: given }) };
        await api.send<DealBody>("POST", "/deals", body);
      } else await api.send<DealBody>("PATCH", `/deals/${deal.id}`, { ...values, manager: given });
      await client.invalidateQueries({ queryKey: [api.domain, "deals"] });
      onDone();
    },
    {},
    basis,
  );
  const { fieldErrors } = form;
  return (
    <GuardedForm form={form}>
      <Stack>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        {deal === undefined ? (
          <ContactSearch value={contact} error={fieldErrors.contact} onChange={setContact} />
        ) : null}
        <TextInput
          label={t("sales.title")}
          maxLength={500}
          value={title}
          error={fieldErrors.title}
          onChange={({ currentTarget }) => setTitle(currentTarget.value)}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t("sales.sum", { currency })}
            inputMode="decimal"
            value={typed}
            error={sum === undefined ? t("sales.noAmount") : fieldErrors.sum}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <Select
            label={t("sales.status")}
            data={plan.statuses.map(({ ref, name }) => ({ value: ref, label: name }))}
            value={status}
            allowDeselect={false}
            error={fieldErrors.status}
            onChange={setStatus}
          />
        </Group>
        <Select
          label={t("sales.manager")}
          placeholder={deal === undefined ? t(`sales.way.${plan.distribution}`) : t("inbox.nobody")}
          data={members.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={manager}
          clearable
          clearButtonProps={{ "aria-label": t("inbox.nobody") }}
          error={fieldErrors.manager}
          onChange={setManager}
        />
        <Textarea
          label={t("sales.note")}
          autosize
          minRows={2}
          maxLength={5000}
          value={note}
          error={fieldErrors.note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button
            type="submit"
            loading={form.isBusy}
            disabled={sum === undefined || (deal === undefined && contact === null)}
          >
            {t(deal === undefined ? "action.create" : "action.save")}
          </Button>
        </Group>
      </Stack>
    </GuardedForm>
  );
}
