import { useQuery } from "@tanstack/react-query";
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../layout/page.tsx";
import { StepScopeContext } from "./step-scope.ts";
import { useVariableNames } from "./variable-names.ts";
import { lastOf } from "./variables.ts";

/** Something that a template can show. */
export interface Name {
  /** What is put into the text. */
  readonly expression: string;
  readonly title: string;
  /** Which of those that are called so. */
  readonly path: string;
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

/** What the text at hand can show: the contact's profile and fields, the bot's variables, what the flow keeps, the message, and in requests the bot's secrets. */
export function useNames(): readonly Name[] {
  const { t } = useTranslation();
  const api = useApi();
  const nameOf = useVariableNames();
  const { localNames, mayUseSecrets } = useContext(StepScopeContext);
  const secrets = useQuery({
    queryKey: [api.domain, "secrets"],
    queryFn: ({ signal }) => api.get<{ data: Definition[] }>("/secrets", {}, signal),
    staleTime: 60_000,
    enabled: mayUseSecrets,
  });
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
      {
        expression: `{{ contact.first_name | default: "${t("builder.friend")}" }}`,
        title: t("builder.firstNameOr", { friend: t("builder.friend") }),
        path: "contact.first_name",
      },
      ...ofContact.map((key) => toName(`contact.${key}`, nameOf(`contact.${key}`))),
      ...(fields.data?.data ?? []).map(({ key, name }) => toName(`fields.${key}`, name)),
      ...(variables.data?.data ?? []).map(({ key, name }) => toName(`vars.${key}`, name)),
      ...localNames.map((key) => toName(`vars.${key}`)),
      ...(mayUseSecrets ? (secrets.data?.data ?? []) : []).map(({ key, name }) => toName(`secrets.${key}`, name)),
      toName("message.text", nameOf("message.text")),
      toName("bot.name", nameOf("bot.name")),
    ],
    [fields.data, variables.data, secrets.data, localNames, mayUseSecrets, nameOf, t],
  );
}

function toName(path: string, name = lastOf(path)): Name {
  return { expression: `{{ ${path} }}`, title: name, path };
}
