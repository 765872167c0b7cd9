import { NumberInput, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { audienceCountAnswerSchema } from "../../../src/http/contract/broadcasts.ts";
import type { FormState } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { type AudienceDraft, lacksRules, toAudience } from "./audience-draft.ts";
import { AudienceFields } from "./audience-fields.tsx";
import type { BroadcastDraft } from "./broadcast-draft.ts";
import { PlanFields, planPaths } from "./plan-fields.tsx";
import { VariantFields, variantPaths } from "./variant-fields.tsx";
import { whatPaths } from "./what-fields.tsx";

/** What the server says of a broadcast's form stands beside these. */
export const broadcastPaths = ["name", ...whatPaths, "audience", "perMinute", ...planPaths, ...variantPaths];

/** To whom, what, when and how fast. */
export function BroadcastFields({
  botId,
  value,
  onChange,
  form,
  isNew = false,
}: {
  readonly botId: number | undefined;
  readonly value: BroadcastDraft;
  readonly onChange: (draft: BroadcastDraft) => void;
  readonly form: FormState;
  readonly isNew?: boolean;
}) {
  const { t } = useTranslation();
  const { fieldErrors } = form;
  const change = (part: Partial<BroadcastDraft>) => onChange({ ...value, ...part });
  return (
    <>
      <TextInput
        label={t("list.name")}
        description={t("broadcasts.nameHint")}
        required
        {...(isNew ? { "data-autofocus": true } : {})}
        value={value.name}
        error={fieldErrors.name}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      <AudienceFields
        value={value.audience}
        onChange={(audience) => change({ audience })}
        error={fieldErrors.audience}
      />
      {botId === undefined ? null : <AudienceCount botId={botId} audience={value.audience} />}
      <VariantFields botId={botId} value={value} onChange={change} errors={fieldErrors} />
      <PlanFields value={value.plan} onChange={(plan) => change({ plan })} errors={fieldErrors} />
      <NumberInput
        label={t("broadcasts.perMinute")}
        description={t("broadcasts.perMinuteHint")}
        min={1}
        allowDecimal={false}
        value={value.perMinute ?? ""}
        error={fieldErrors.perMinute}
        onChange={(next) => change({ perMinute: typeof next === "number" ? next : null })}
      />
    </>
  );
}

const pauseMs = 400;

/** How many that would be now, once nobody types any more. What is not finished yet says nothing. */
export function AudienceCount({
  botId,
  audience,
  isLarge = false,
}: {
  readonly botId: number;
  readonly audience: AudienceDraft;
  readonly isLarge?: boolean;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const [asked] = useDebouncedValue(JSON.stringify({ bot: botId, audience: toAudience(audience) }), pauseMs);
  const { data } = useQuery({
    queryKey: [api.domain, "broadcast-audience", asked],
    queryFn: ({ signal }) =>
      api.ask<z.infer<typeof audienceCountAnswerSchema>>("/broadcasts/audience", JSON.parse(asked), signal),
    enabled: !lacksRules(audience),
    retry: false,
  });
  if (data === undefined || lacksRules(audience)) return null;
  const isAll = audience.kind === "all" && audience.search.trim() === "";
  return (
    <Text size={isLarge ? "lg" : "sm"} {...(isLarge ? { fw: 600 } : { c: "dimmed" })} role="status">
      {isAll ? `${t("broadcasts.everybody")}: ` : ""}
      {t(data.isEstimate ? "broadcasts.reachesAbout" : "broadcasts.reaches", { count: data.count })}
    </Text>
  );
}
