import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../layout/page.tsx";

/** Something that a template can show. */
export interface Name {
  /** What is put into the text. */
  readonly expression: string;
  readonly title: string;
}

interface Definition {
  readonly key: string;
  readonly name: string;
}

const ofContact = [
  "first_name",
  "last_name",
  "name",
  "email",
  "phone",
  "language",
  "username",
  "cuid",
  "client_external_id",
] as const;

/** What the bot's texts can show: the contact's profile and fields, the bot's variables, the message at hand. */
export function useNames(): readonly Name[] {
  const api = useApi();
  const fields = useQuery({
    queryKey: [api.domain, "fields"],
    queryFn: ({ signal }) => api.get<{ data: Definition[] }>("/fields", {}, signal),
    staleTime: 60_000,
  });
  const variables = useQuery({
    queryKey: [api.domain, "variables"],
    queryFn: ({ signal }) => api.get<{ data: Definition[] }>("/variables", {}, signal),
    staleTime: 60_000,
  });
  return useMemo(
    () => [
      { expression: '{{ contact.first_name | default: "friend" }}', title: 'contact.first_name, or "friend"' },
      ...ofContact.map((key) => toName(`contact.${key}`)),
      ...(fields.data?.data ?? []).map(({ key, name }) => toName(`fields.${key}`, name)),
      ...(variables.data?.data ?? []).map(({ key, name }) => toName(`vars.${key}`, name)),
      toName("message.text"),
      toName("bot.name"),
    ],
    [fields.data, variables.data],
  );
}

function toName(path: string, name?: string): Name {
  return { expression: `{{ ${path} }}`, title: name === undefined ? path : `${path} (${name})` };
}
