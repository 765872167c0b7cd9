import {
  Alert,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RequestRun } from "../../../src/model/external-request.ts";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import type { WaitingJob } from "../../../src/simulator/simulation.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { outputsOf } from "../builder/step-kinds.ts";
import { callStep } from "../builder/step-names.ts";
import { useApi } from "../layout/page.tsx";
import { useErrorText } from "../layout/trouble.tsx";
import { canTry, firstSample, type Sample, toResult, tryJob } from "./job-answer.ts";
import type { SimulatedFlow, Simulator } from "./use-simulator.ts";

/** Something outside is asked: a sample answers, or the server really asks. */
export function JobCard({
  job,
  flow,
  document,
  simulator,
}: {
  readonly job: WaitingJob;
  readonly flow: SimulatedFlow;
  readonly document: FlowDocument;
  readonly simulator: Simulator;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const catalogue = useCatalogue();
  const describe = useErrorText();
  const [sample, setSample] = useState(() => firstSample(job.kind));
  const [isKept, setKept] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const { position } = job;
  const step = position.flow === flow.ref ? document.steps.find(({ ref }) => ref === position.step) : undefined;
  const { contact } = simulator.setup;
  const answer = (given: Sample) => {
    try {
      simulator.answer(job, toResult(job.kind, given), isKept);
    } catch (thrown) {
      setTrouble(thrown instanceof SyntaxError ? t("simulator.noJson") : describe(thrown));
    }
  };
  const ask = async () => {
    if (contact === undefined) return;
    setBusy(true);
    setTrouble(undefined);
    try {
      simulator.answer(job, await tryJob(api, job, { bot: String(flow.botId), contact, step }), isKept);
    } catch (thrown) {
      setTrouble(describe(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper withBorder m="md" mb={0} p="sm" role="group" aria-label={t("simulator.asks")}>
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {step === undefined ? position.step : callStep(step, catalogue)}: {t("simulator.asks")}
        </Text>
        <Asked job={job} />
        <SampleFields sample={sample} step={step} onChange={setSample} />
        {trouble === undefined ? null : (
          <Alert color="red" p="xs">
            {trouble}
          </Alert>
        )}
        <Checkbox
          size="xs"
          label={t("simulator.keep")}
          checked={isKept}
          onChange={({ currentTarget }) => setKept(currentTarget.checked)}
        />
        <Group gap="xs">
          <Button size="compact-sm" disabled={simulator.isBusy} onClick={() => answer(sample)}>
            {t("simulator.answerSo")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={simulator.isBusy}
            onClick={() => answer({ kind: "failed", message: t("simulator.madeToFail") })}
          >
            {t("simulator.fail")}
          </Button>
          {canTry(job) ? (
            <Button
              size="compact-sm"
              variant="light"
              loading={isBusy}
              disabled={contact === undefined}
              onClick={() => void ask()}
            >
              {t("simulator.askReally")}
            </Button>
          ) : null}
        </Group>
        {canTry(job) ? (
          <Text size="xs" c="dimmed">
            {t(contact === undefined ? "simulator.needsContact" : "simulator.asStored")}
          </Text>
        ) : null}
      </Stack>
    </Paper>
  );
}

/** What would go out. */
function Asked({ job: { kind, position, data } }: { readonly job: WaitingJob }) {
  if (kind === "external-request") {
    const { request } = position.state as unknown as RequestRun;
    return (
      <Text size="xs" ff="monospace" className="breakable">
        {request.method} {request.url}
      </Text>
    );
  }
  if (kind !== "run-query") return null;
  const { query, args } = data as { readonly query: string; readonly args: unknown };
  return (
    <Text size="xs" ff="monospace" className="breakable">
      {query} {JSON.stringify(args)}
    </Text>
  );
}

function SampleFields({
  sample,
  step,
  onChange,
}: {
  readonly sample: Sample;
  readonly step: StoredStep | undefined;
  readonly onChange: (sample: Sample) => void;
}) {
  const { t } = useTranslation();
  if (sample.kind === "answered") {
    return (
      <>
        <NumberInput
          size="xs"
          label={t("simulator.status")}
          min={100}
          max={599}
          value={sample.status}
          onChange={(value) => onChange({ ...sample, status: Number(value) || 200 })}
        />
        <Json label={t("simulator.body")} value={sample.body} onChange={(body) => onChange({ ...sample, body })} />
      </>
    );
  }
  if (sample.kind === "left") {
    const outputs = step === undefined ? [{ name: "next", title: "Next" }] : outputsOf(step);
    return (
      <>
        <Select
          size="xs"
          label={t("simulator.output")}
          data={outputs.map(({ name, title }) => ({ value: name, label: title }))}
          value={sample.output}
          allowDeselect={false}
          onChange={(output) => onChange({ ...sample, output: output ?? "next" })}
        />
        <Json
          label={t("simulator.changes")}
          value={sample.changes}
          onChange={(changes) => onChange({ ...sample, changes })}
        />
      </>
    );
  }
  if (sample.kind === "found") {
    return (
      <Json label={t("simulator.found")} value={sample.result} onChange={(result) => onChange({ ...sample, result })} />
    );
  }
  return <TextInput size="xs" label={t("simulator.body")} value={sample.message} readOnly />;
}

function Json({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Textarea
      size="xs"
      label={label}
      autosize
      minRows={2}
      maxRows={8}
      ff="monospace"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
