import { Group, PasswordInput, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** How the calls sign in at the receiver. `kept`: as before, which nobody can read. */
export type AuthDraft =
  | { readonly kind: "none" }
  | { readonly kind: "kept" }
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

/** As the API takes it; undefined: nothing is said of it. */
export function toBasicAuth(auth: AuthDraft): { username: string; password: string } | null | undefined {
  if (auth.kind === "kept") return undefined;
  return auth.kind === "none" ? null : { username: auth.username, password: auth.password };
}

export function WebhookAuth({
  value,
  onChange,
  hasKept,
}: {
  readonly value: AuthDraft;
  readonly onChange: (auth: AuthDraft) => void;
  readonly hasKept: boolean;
}) {
  const { t } = useTranslation();
  const kinds = hasKept ? (["kept", "none", "basic"] as const) : (["none", "basic"] as const);
  return (
    <>
      <Select
        label={t("webhooks.auth")}
        data={kinds.map((kind) => ({ value: kind, label: t(`webhooks.authOf.${kind}`) }))}
        value={value.kind}
        allowDeselect={false}
        onChange={(kind) => {
          if (kind === "basic") onChange({ kind, username: "", password: "" });
          else onChange({ kind: kind === "kept" ? "kept" : "none" });
        }}
      />
      {value.kind === "basic" ? (
        <Group grow align="flex-start">
          <TextInput
            label={t("webhooks.username")}
            required
            autoComplete="off"
            value={value.username}
            onChange={({ currentTarget }) => onChange({ ...value, username: currentTarget.value })}
          />
          <PasswordInput
            label={t("field.password")}
            required
            autoComplete="new-password"
            value={value.password}
            onChange={({ currentTarget }) => onChange({ ...value, password: currentTarget.value })}
          />
        </Group>
      ) : null}
    </>
  );
}
