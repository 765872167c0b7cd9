import { Skeleton, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryLinkBody } from "../../../src/http/contract/entry-links.ts";
import { useBasis } from "../layout/basis.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useContactCounts, useMayBuild, useRenew } from "../layout/resource.ts";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { FlowChoice, type Start } from "../setup/flow-choice.tsx";
import { fromEntryData, toEntryData } from "./entry-data.ts";
import { LinkAddresses } from "./link-addresses.tsx";
import { StoredFields } from "./stored-fields.tsx";
import { useMissingFields } from "./use-missing-fields.ts";

/** One entry link: its addresses with their QR codes, and what it does. */
export function EntryLinkPage() {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const mayBuild = useMayBuild();
  const { ref } = useParams({ from: "/w/$domain/entry-links/$ref" });
  const counts = useContactCounts("entry-links");
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "entry-links", ref],
    queryFn: ({ signal }) => api.get<EntryLinkBody>(`/entry-links/${ref}`, {}, signal),
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={300} />;
  const remove = mayBuild ? (
    <DeleteButton
      isLabelled
      name={data.name}
      loss={t("entryLinks.loss")}
      onDelete={async () => {
        await api.send("DELETE", `/entry-links/${ref}`);
        await navigate({ to: `/w/${api.domain}/entry-links`, ignoreBlocker: true });
        await renew("/entry-links");
      }}
    />
  ) : null;
  return (
    <Page title={data.name} list={{ name: t("menu.entryLinks"), to: "/entry-links" }} actions={remove}>
      <Text size="sm" c="dimmed">
        {t("entryLinks.came")}: {counts === undefined ? "…" : (counts.get(ref) ?? 0)} ·{" "}
        {t("entryLinks.length", { length: data.length, most: data.maxLength })}
      </Text>
      <Section title={t("entryLinks.addresses")}>
        <LinkAddresses link={data} />
      </Section>
      {mayBuild ? (
        <Section title={t("entryLinks.does")}>
          <Edit key={data.ref} link={data} />
        </Section>
      ) : null}
    </Page>
  );
}

function Edit({ link }: { readonly link: EntryLinkBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(link.name);
  const [start, setStart] = useState<Start>({ flow: link.flow, step: link.step });
  const [brought, setBrought] = useState(() => fromEntryData(link.stored));
  const { make: makeFields } = useMissingFields(brought);
  const basis = useBasis(`/entry-links/${link.ref}`, link, ["name", "flow", "step", "stored"]);
  const form = useForm(
    ["name", "flow", "step"],
    async () => {
      await makeFields();
      await api.send("PATCH", `/entry-links/${link.ref}`, { name, ...start, stored: toEntryData(brought) ?? null });
      await renew("/entry-links");
      notifications.show({ message: t("saved") });
    },
    {},
    basis,
  );
  return (
    <DialogForm form={form} submit={t("action.save")}>
      <TextInput
        label={t("list.name")}
        required
        value={name}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <FlowChoice
        botId={link.botId}
        value={start}
        onChange={setStart}
        errors={form.fieldErrors}
        label={t("entryLinks.starts")}
        description={t("entryLinks.startsHint")}
        without={t("entryLinks.asUsual")}
      />
      <StoredFields value={brought} onChange={setBrought} />
    </DialogForm>
  );
}
