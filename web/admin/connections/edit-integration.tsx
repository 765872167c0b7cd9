import { Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IntegrationBody } from "../../../src/http/contract/integrations.ts";
import { useBasis } from "../layout/basis.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { SettingsFields } from "../setup/settings-fields.tsx";
import { type SettingValues, toChangedSettings, toFormValues, toNewSettings } from "../setup/settings-values.ts";
import type { IntegrationKind } from "./integrations-page.tsx";

interface Props {
  readonly kinds: readonly IntegrationKind[];
  readonly integration: IntegrationBody | undefined;
  readonly onClose: () => void;
}

/** Sets up another system, or changes how it is reached. */
export function EditIntegration({ kinds, integration, onClose }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string | null>(integration?.kind ?? null);
  const kind = kinds.find((one) => one.kind === chosen);
  const title = integration === undefined ? t("integrations.create") : t("list.edit", { name: integration.name });
  return (
    <Dialog title={title} onClose={onClose} size="lg">
      <Stack>
        {integration === undefined ? (
          <Select
            label={t("integrations.which")}
            data-autofocus
            data={kinds.map((one) => ({ value: one.kind, label: one.title }))}
            value={chosen}
            allowDeselect={false}
            onChange={setChosen}
          />
        ) : null}
        {kind === undefined ? null : (
          <IntegrationForm key={kind.kind} kind={kind} integration={integration} onClose={onClose} />
        )}
      </Stack>
    </Dialog>
  );
}

function IntegrationForm({
  kind,
  integration,
  onClose,
}: Pick<Props, "integration" | "onClose"> & { readonly kind: IntegrationKind }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const about: Readonly<Record<string, string>> = t("integrations.about", { returnObjects: true });
  const [name, setName] = useState(integration?.name ?? kind.title);
  const [active, setActive] = useState(integration?.active ?? true);
  const [values, setValues] = useState<SettingValues>(() =>
    integration === undefined ? {} : toFormValues(integration.settings, kind.secrets),
  );
  const basis = useBasis(`/integrations/${integration?.id}`, integration, ["name", "active", "settings"]);
  const form = useForm(
    ["name", ...Object.keys(kind.settings.properties ?? {})],
    async () => {
      await (integration === undefined
        ? api.send("POST", "/integrations", { kind: kind.kind, name, active, settings: toNewSettings(values) })
        : api.send("PATCH", `/integrations/${integration.id}`, {
            name,
            active,
            settings: toChangedSettings(values, kind.secrets),
          }));
      await renew("/integrations");
      onClose();
    },
    { "integration.name_taken": "name" },
    basis,
  );
  return (
    <DialogForm form={form} submit={t(integration === undefined ? "channels.connectNow" : "action.save")}>
      <Text size="sm" c="dimmed">
        {about[kind.kind] ?? kind.description}
      </Text>
      <TextInput
        label={t("list.name")}
        required
        value={name}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <SettingsFields
        schema={kind.settings}
        secrets={kind.secrets}
        isSet={(key) => integration?.settings[key] !== undefined}
        values={values}
        errors={form.fieldErrors}
        onChange={setValues}
      />
      <Switch
        label={t("integrations.active")}
        checked={active}
        onChange={({ currentTarget }) => setActive(currentTarget.checked)}
      />
    </DialogForm>
  );
}
