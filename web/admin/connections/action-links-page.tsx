import { Button, Group, List, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { tokenCreatedSchema } from "../../../src/http/contract/tokens.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { useForm } from "../layout/form.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useMayChange, useRenew, useWorkspace } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import type { Start } from "../setup/flow-choice.tsx";
import { type ActionLink, type LinkActionName, linkActions, linkProcesses, toActionLink } from "./action-link.ts";
import { TargetChoice } from "./target-choice.tsx";

/** Ready links for GetCourse and others who call an address: a key, and a link built from menus. */
export function ActionLinksPage() {
  const { t } = useTranslation();
  const [token, setToken] = useState("");
  return (
    <Page title={t("menu.actionLinks")}>
      <Text size="sm" maw={720}>
        {t("actionLinks.lead")}
      </Text>
      <Section title={t("actionLinks.keyTitle")}>
        <Key token={token} onChange={setToken} />
      </Section>
      <Section title={t("actionLinks.buildTitle")}>
        <Builder token={token} />
      </Section>
      <Section title={t("actionLinks.useTitle")}>
        <List type="ordered" size="sm" spacing={4}>
          {(t("actionLinks.useSteps", { returnObjects: true }) as readonly string[]).map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      </Section>
    </Page>
  );
}

function Key({ token, onChange }: { readonly token: string; readonly onChange: (token: string) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayChange = useMayChange();
  const [made, setMade] = useState<string | null>(null);
  const form = useForm([], async () => {
    const body = { kind: "action-link", name: t("actionLinks.keyName") };
    const answer = await api.send<z.infer<typeof tokenCreatedSchema>>("POST", "/tokens", body);
    setMade(answer.token);
    onChange(answer.token);
    await renew("/tokens");
  });
  return (
    <Stack>
      {made === null ? (
        <TextInput
          label={t("actionLinks.paste")}
          description={t("actionLinks.pasteHint")}
          value={token}
          autoComplete="off"
          onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
        />
      ) : (
        <CopyField label={t("actionLinks.key")} description={t("tokens.shownOnce")} value={made} />
      )}
      {form.error === undefined ? null : <ErrorNotice error={form.error} />}
      {mayChange && made === null ? (
        <form onSubmit={form.onSubmit}>
          <Button type="submit" loading={form.isBusy} variant="default" leftSection={<IconKey size={16} />}>
            {t("actionLinks.makeKey")}
          </Button>
        </form>
      ) : null}
    </Stack>
  );
}

function Builder({ token }: { readonly token: string }) {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const [action, setAction] = useState<LinkActionName>("add_tag");
  const [target, setTarget] = useState<Start>({ flow: null, step: null });
  const [value, setValue] = useState("");
  const [identifyBy, setIdentifyBy] = useState<ActionLink["identifyBy"]>("email");
  const [process, setProcess] = useState<ActionLink["process"]>("orders");
  const needs = linkActions.find(({ name }) => name === action)?.needs ?? "tag";
  const missing = [
    ...(token === "" ? [t("actionLinks.needsKey")] : []),
    ...(target.flow === null ? [t(`actionLinks.needs.${needs}`)] : []),
  ];
  return (
    <Stack>
      <Select
        label={t("actionLinks.action")}
        data={linkActions.map(({ name }) => ({ value: name, label: t(`linkAction.${name}`) }))}
        value={action}
        allowDeselect={false}
        onChange={(next) => {
          const chosen = linkActions.find(({ name }) => name === next);
          if (chosen === undefined) return;
          setAction(chosen.name);
          if (chosen.needs !== needs) setTarget({ flow: null, step: null });
        }}
      />
      <TargetChoice needs={needs} hasSteps={action === "run_bot"} value={target} onChange={setTarget} />
      {action === "set_field" ? (
        <TextInput
          label={t("choice.value")}
          description={t("actionLinks.valueHint")}
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
        />
      ) : null}
      <Group gap="lg">
        <Choice
          label={t("actionLinks.identifyBy")}
          data={(["email", "cuid"] as const).map((one) => ({ value: one, label: t(`actionLinks.by.${one}`) }))}
          value={identifyBy}
          onChange={(next) => setIdentifyBy(next === "cuid" ? "cuid" : "email")}
        />
        <Choice
          label={t("actionLinks.process")}
          data={linkProcesses.map((one) => ({ value: one, label: t(`actionLinks.of.${one}`) }))}
          value={process}
          onChange={(next) => setProcess(next === "users" ? "users" : "orders")}
        />
      </Group>
      {workspace === undefined || missing.length > 0 ? (
        <Text size="sm" c="dimmed" role="status">
          {missing.join(" ")}
        </Text>
      ) : (
        <CopyField
          label={t("actionLinks.ready")}
          description={t("actionLinks.readyHint")}
          value={toActionLink({
            publicUrl: workspace.publicUrl,
            domain: workspace.domain,
            token,
            identifyBy,
            process,
            action,
            target: target.flow ?? "",
            value,
            step: target.step,
          })}
        />
      )}
    </Stack>
  );
}

function Choice({
  label,
  data,
  value,
  onChange,
}: {
  readonly label: string;
  readonly data: { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <SegmentedControl aria-label={label} data={data} value={value} onChange={onChange} />
    </Stack>
  );
}
