import { MultiSelect, TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { SequenceBody } from "../../../src/http/contract/sequences.ts";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { type ActionCallBody, useContactActions } from "./contact-actions.ts";

/** Tags, labels and sequences: put on and taken off at once, through the same actions as everybody else. */
export function MarksCard({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  return (
    <Section title={t("contactCard.marks")}>
      <Names contact={contact} kind="tag" list="/tags" label={t("nav.tags")} values={contact.tags} />
      <Names contact={contact} kind="label" list="/labels" label={t("contactList.labels")} values={contact.labels} />
      <Sequences contact={contact} />
    </Section>
  );
}

/** The calls that make one list of another. */
function toCalls(
  before: readonly string[],
  after: readonly string[],
  call: (what: "on" | "off", name: string) => ActionCallBody,
): ActionCallBody[] {
  return [
    ...after.filter((one) => !before.includes(one)).map((one) => call("on", one)),
    ...before.filter((one) => !after.includes(one)).map((one) => call("off", one)),
  ];
}

function Names({
  contact,
  kind,
  list,
  label,
  values,
}: {
  readonly contact: ContactBody;
  readonly kind: "tag" | "label";
  readonly list: string;
  readonly label: string;
  readonly values: readonly string[];
}) {
  const { t } = useTranslation();
  const api = useApi();
  const change = useContactActions(String(contact.id));
  const { data } = useQuery({
    queryKey: [api.domain, list],
    queryFn: ({ signal }) => api.get<{ data: { name: string }[] }>(list, {}, signal),
  });
  return (
    <>
      <TagsInput
        label={label}
        data={data?.data.map(({ name }) => name) ?? []}
        value={[...values]}
        placeholder={t(kind === "tag" ? "contact.addTag" : "contactCard.addLabel")}
        onChange={(next) => {
          const calls = toCalls(values, next, (what, name) => ({
            action: `${what === "on" ? "add" : "remove"}_${kind}`,
            args: { [kind]: name },
          }));
          if (calls.length > 0) change.mutate(calls);
        }}
      />
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </>
  );
}

function Sequences({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const change = useContactActions(String(contact.id));
  const { data } = useQuery({
    queryKey: [api.domain, "sequences", contact.botId],
    queryFn: ({ signal }) => api.get<{ data: SequenceBody[] }>("/sequences", { bot: contact.botId }, signal),
  });
  const all = data?.data ?? [];
  if (all.length === 0) return null;
  return (
    <>
      <MultiSelect
        label={t("contactList.sequences")}
        placeholder={t("contactCard.subscribe")}
        data={all.map(({ ref, name }) => ({ value: ref, label: name }))}
        value={[...contact.sequences]}
        searchable
        onChange={(next) => {
          const calls = toCalls(contact.sequences, next, (what, sequence) => ({
            action: `${what === "on" ? "subscribe" : "unsubscribe"}_sequence`,
            args: { sequence },
          }));
          if (calls.length > 0) change.mutate(calls);
        }}
      />
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </>
  );
}
