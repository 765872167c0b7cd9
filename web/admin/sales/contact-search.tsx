import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { nameOf } from "../contacts/name-of.ts";
import { useApi } from "../layout/page.tsx";

/** A contact, found by a part of its name, e-mail or phone. */
export function ContactSearch({
  value,
  error,
  onChange,
}: {
  readonly value: number | null;
  readonly error: string | undefined;
  readonly onChange: (contact: number | null) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const { data, isFetching } = useQuery({
    queryKey: [api.domain, "contacts", q],
    queryFn: ({ signal }) => api.get<{ data: ContactBody[] }>("/contacts", { q, limit: 20 }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Select
      label={t("sales.contact")}
      description={t("contacts.search")}
      required
      data-autofocus
      searchable
      // The server has looked for the text already.
      filter={({ options }) => options}
      nothingFoundMessage={isFetching ? "…" : t("contacts.none.title")}
      data={(data?.data ?? []).map((contact) => ({
        value: String(contact.id),
        label: [nameOf(t, contact), contact.name === null ? null : (contact.email ?? contact.phone)]
          .filter(Boolean)
          .join(", "),
      }))}
      value={value === null ? null : String(value)}
      error={error}
      onSearchChange={setText}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
    />
  );
}
