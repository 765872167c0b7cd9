import { Fieldset, Input, MultiSelect, Select, Stack, TagsInput, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { eventsOfFormat, type MessageMatch, type WebhookFormat, webhookEvents } from "../../../src/model/webhook.ts";
import { useEventName } from "./event-name.ts";

const matches = ["contains", "exact", "pattern"] as const satisfies readonly MessageMatch["match"][];

/** What a webhook hears of, as the form has it. Without words it hears every message. */
export interface HearingDraft {
  readonly events: readonly string[];
  readonly match: MessageMatch["match"];
  readonly words: readonly string[];
}

/** As the API takes it. */
export function toHeard(format: WebhookFormat, { events, match, words }: HearingDraft) {
  const own = eventsOfFormat[format];
  if (own !== undefined) return { events: own, messageMatch: null };
  return { events, messageMatch: events.includes("message_in") && words.length > 0 ? { match, words } : null };
}

/** There is nothing to choose in a form that tells of one thing alone. */
export function WebhookHearing({
  format,
  value,
  errors,
  onChange,
}: {
  readonly format: WebhookFormat;
  readonly value: HearingDraft;
  readonly errors: Readonly<Record<string, string | undefined>>;
  readonly onChange: (value: HearingDraft) => void;
}) {
  const { t } = useTranslation();
  const nameOf = useEventName();
  const { events, match, words } = value;
  if (format === "uchat") {
    return (
      <Input.Wrapper label={t("webhooks.events")} labelElement="div" error={errors.events}>
        <Text size="sm">{t("webhooks.heardOf.uchat")}</Text>
      </Input.Wrapper>
    );
  }
  return (
    <>
      <MultiSelect
        label={t("webhooks.events")}
        description={t("webhooks.eventsHint")}
        searchable
        withAsterisk
        data={Object.keys(webhookEvents).map((event) => ({ value: event, label: nameOf(event) }))}
        value={[...events]}
        error={errors.events}
        onChange={(next) => onChange({ ...value, events: next })}
      />
      {events.includes("message_in") ? (
        <Fieldset legend={t("webhooks.match")} p="sm">
          <Stack gap="xs">
            <TagsInput
              label={t("webhooks.words")}
              description={t("webhooks.wordsHint")}
              value={[...words]}
              error={errors["messageMatch.words"]}
              onChange={(next) => onChange({ ...value, words: next })}
            />
            {words.length === 0 ? null : (
              <Select
                label={t("webhooks.matchHow")}
                data={matches.map((one) => ({ value: one, label: t(`webhooks.matchOf.${one}`) }))}
                value={match}
                allowDeselect={false}
                onChange={(next) => onChange({ ...value, match: matches.find((one) => one === next) ?? match })}
              />
            )}
          </Stack>
        </Fieldset>
      ) : null}
    </>
  );
}
