import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { toStepPayload } from "../../../src/engine/walk.ts";
import type { FlowSummaryBody, flowSchema } from "../../../src/http/contract/flows.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { callSteps } from "../builder/step-names.ts";
import { useApi } from "../layout/page.tsx";
import { useList } from "../layout/resource.ts";

/** Into which flow a press leads, and to which step of it: its beginning, unless another is chosen. */
export function StepTarget({
  botId,
  payload,
  onChange,
}: {
  readonly botId: number | undefined;
  readonly payload: string;
  readonly onChange: (payload: string) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const catalogue = useCatalogue();
  const [flow = "", step = ""] = payload.split(":");
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const { data } = useQuery({
    queryKey: [api.domain, "flow-steps", flow],
    queryFn: ({ signal }) => api.get<z.infer<typeof flowSchema>>(`/flows/${flow}`, {}, signal),
    enabled: flow !== "",
  });
  const steps = data?.draft.steps ?? [];
  const choose = async (ref: string) => {
    const { draft } = await api.get<z.infer<typeof flowSchema>>(`/flows/${ref}`);
    onChange(toStepPayload(ref, draft.start ?? draft.steps[0]?.ref ?? ""));
  };
  return (
    <>
      <Select
        label={t("choice.flow")}
        required
        searchable
        allowDeselect={false}
        data={flows
          .filter((one) => one.botId === botId)
          .map(({ ref, name, publishedVersion }) => ({
            value: ref,
            label: publishedVersion === null ? `${name} (${t("flows.draft")})` : name,
          }))}
        value={flow === "" ? null : flow}
        onChange={(ref) => ref !== null && void choose(ref)}
      />
      {flow === "" ? null : (
        <Select
          label={t("choice.step")}
          searchable
          allowDeselect={false}
          data={[...callSteps(steps, catalogue)].map(([value, label]) => ({ value, label }))}
          value={step === "" ? null : step}
          onChange={(ref) => ref !== null && onChange(toStepPayload(flow, ref))}
        />
      )}
    </>
  );
}
