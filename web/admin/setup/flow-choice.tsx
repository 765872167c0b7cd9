import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { FlowSummaryBody, flowSchema } from "../../../src/http/contract/flows.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { callSteps } from "../builder/step-names.ts";
import { useApi } from "../layout/page.tsx";
import { useList } from "../layout/resource.ts";

export interface Start {
  readonly flow: string | null;
  readonly step: string | null;
}

/** A flow of a bot and, where wanted, a step of it, from menus. */
export function FlowChoice({
  botId,
  value,
  onChange,
  errors = {},
  without,
  isRequired = false,
  hasSteps = true,
  label,
  description,
}: {
  /** Undefined: of any bot. */
  readonly botId: number | undefined;
  readonly value: Start;
  readonly onChange: (start: Start) => void;
  readonly errors?: Readonly<Record<string, string>>;
  /** What it means that none is chosen. */
  readonly without?: string;
  readonly isRequired?: boolean;
  readonly hasSteps?: boolean;
  /** What the flow is for here, in words. */
  readonly label?: string;
  readonly description?: string;
}) {
  const { t } = useTranslation();
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const steps = useSteps(hasSteps ? value.flow : null);
  const isGone = value.step !== null && steps?.every((step) => step.value !== value.step) === true;
  const isDraft = flows.some(({ ref, publishedVersion }) => ref === value.flow && publishedVersion === null);
  const own = flows.filter((flow) => botId === undefined || flow.botId === botId);
  const state = (isPublished: boolean) => (isPublished ? "" : ` (${t("flows.draft")})`);
  return (
    <>
      <Select
        label={label ?? t("choice.flow")}
        description={description}
        placeholder={without}
        searchable
        clearable={!isRequired}
        required={isRequired}
        data={own.map(({ ref, name, publishedVersion }) => ({
          value: ref,
          label: `${name}${state(publishedVersion !== null)}`,
        }))}
        value={value.flow}
        error={errors.flow}
        onChange={(flow) => onChange({ flow, step: null })}
      />
      {isDraft ? (
        <Text size="sm" role="status">
          {t("choice.notPublished")}
        </Text>
      ) : null}
      {value.flow === null || !hasSteps ? null : (
        <Select
          label={t("choice.step")}
          placeholder={t("choice.firstStep")}
          searchable
          clearable
          data={isGone ? [{ value: value.step ?? "", label: t("choice.goneStep") }, ...(steps ?? [])] : (steps ?? [])}
          value={value.step}
          error={errors.step ?? (isGone ? t("choice.chooseAnotherStep") : undefined)}
          onChange={(step) => onChange({ ...value, step })}
        />
      )}
    </>
  );
}

/** Undefined: not known yet. */
function useSteps(flow: string | null) {
  const api = useApi();
  const catalogue = useCatalogue();
  const { data } = useQuery({
    queryKey: [api.domain, "flow-steps", flow],
    queryFn: ({ signal }) => api.get<z.infer<typeof flowSchema>>(`/flows/${flow}`, {}, signal),
    enabled: flow !== null,
  });
  if (data === undefined) return undefined;
  return [...callSteps(data.draft.steps, catalogue)].map(([value, label]) => ({ value, label }));
}
