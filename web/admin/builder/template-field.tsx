import { Alert, Fieldset, Group, Select, Stack, Text } from "@mantine/core";
import { type ComponentType, useContext } from "react";
import { useTranslation } from "react-i18next";
import { type MessageTemplate, messageContentSchema } from "../../../src/model/message.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { Bubble } from "../messenger/bubble.tsx";
import {
  type ApprovedTemplate,
  fillFrom,
  fillIn,
  headerKindOf,
  keyOf,
  useApprovedTemplates,
} from "./approved-templates.ts";
import type { FieldProps, FieldsProps } from "./field-props.ts";
import { FormScopeContext } from "./form-scope.ts";
import { StepScopeContext } from "./step-scope.ts";
import { TemplateInput } from "./template-input.tsx";
import { useVariableNames } from "./variable-names.ts";
import { VariableText } from "./variable-text.tsx";

/** A template that the platform approved, chosen from those that there are, with a field for each of its variables. Written by hand (`Fields`) where the list cannot be had. */
export function TemplateField({ Fields, ...props }: FieldProps & { readonly Fields: ComponentType<FieldsProps> }) {
  const { t } = useTranslation();
  const { value, path, label, onChange } = props;
  const { botId } = useContext(StepScopeContext);
  const { settings } = useContext(FormScopeContext);
  const { templates, isLoading, hasChannel, error } = useApprovedTemplates(botId, settings.channelId);
  const template = (value ?? {}) as Partial<MessageTemplate>;
  const chosen = templates.find((one) => keyOf(one) === keyOf(template));
  const isNew = (template.name ?? "") === "";
  const isUnknown = chosen === undefined && !isNew && !isLoading;
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="sm">
        {error === null ? null : <ErrorNotice error={error} />}
        {hasChannel ? (
          <Select
            searchable
            label={t("approved.choose")}
            placeholder={isLoading ? t("approved.loading") : t("approved.hint")}
            nothingFoundMessage={t("approved.none")}
            data={templates.map((one) => ({ value: keyOf(one), label: `${one.name} (${one.language})` }))}
            value={chosen === undefined ? null : keyOf(chosen)}
            onChange={(key) => {
              const next = templates.find((one) => keyOf(one) === key);
              if (next !== undefined) onChange(fillFrom(next, template), path);
            }}
          />
        ) : isLoading ? null : (
          <Text size="sm" c="dimmed">
            {t("approved.noChannel")}
          </Text>
        )}
        {isUnknown && hasChannel && error === null ? (
          <Alert color="yellow" p="xs">
            <Text size="sm">{t("approved.unknown", { name: template.name, language: template.language })}</Text>
          </Alert>
        ) : null}
        {chosen === undefined ? (
          isUnknown || (!hasChannel && !isLoading) || error !== null ? (
            <Fields {...props} />
          ) : null
        ) : (
          <Filled approved={chosen} template={template} onChange={(next) => onChange(next, path)} />
        )}
      </Stack>
    </Fieldset>
  );
}

function Filled({
  approved,
  template,
  onChange,
}: {
  readonly approved: ApprovedTemplate;
  readonly template: Partial<MessageTemplate>;
  readonly onChange: (template: MessageTemplate) => void;
}) {
  const { t } = useTranslation();
  const nameOf = useVariableNames();
  const { header, body, urls } = fillFrom(approved, template);
  const now = {
    ...fillFrom(approved, template),
    ...(template.header === undefined ? {} : { header: template.header }),
  };
  const kind = headerKindOf(approved);
  const content = messageContentSchema.parse({
    text: fillIn(approved.text, body),
    buttons: approved.buttons.map(({ title }) => ({ type: "press", title, payload: "" })),
  });
  return (
    <>
      {kind === undefined ? null : (
        <TemplateInput
          label={t(kind === "text" ? "approved.headerText" : "approved.headerFile")}
          description={kind === "text" ? t("approved.headerTextHint") : undefined}
          value={header?.value ?? template.header?.value ?? ""}
          onChange={(text) => {
            const { header: _old, ...rest } = now;
            onChange(kind === "text" && text === "" ? rest : { ...rest, header: { kind, value: text } });
          }}
        />
      )}
      {body.map((text, index) => (
        <TemplateInput
          // biome-ignore lint/suspicious/noArrayIndexKey: values have no other name than their place.
          key={index}
          label={t("approved.value", { number: index + 1 })}
          description={undefined}
          value={text}
          onChange={(next) => onChange({ ...now, body: body.with(index, next) })}
        />
      ))}
      {urls.map(({ index, value }) => (
        <TemplateInput
          key={index}
          label={t("approved.url", { title: approved.buttons[index]?.title })}
          description={undefined}
          value={value}
          onChange={(next) =>
            onChange({ ...now, urls: urls.map((one) => (one.index === index ? { index, value: next } : one)) })
          }
        />
      ))}
      <Group gap={4}>
        <Text size="xs" c="dimmed">
          {t("preview.title")}
        </Text>
      </Group>
      <div className="messenger" data-kind="whatsapp" style={{ borderRadius: 8 }}>
        <Bubble content={content} draw={(text) => <VariableText text={text} nameOf={nameOf} />} />
      </div>
    </>
  );
}
