import { Button, Group, Modal, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { ContactBody, positionSchema } from "../../../src/http/contract/contacts.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { StoredStep } from "../../../src/model/flow.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { callSteps } from "../builder/step-names.ts";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useContactActions } from "./contact-actions.ts";
import { usePlaceNames } from "./use-fact-names.ts";
import { describeWait, GoesOn, NextAnswer } from "./wait.tsx";

type Position = z.infer<typeof positionSchema>;
/** `from` absent: the contact is put into a flow where it stood nowhere. */
interface Move {
  readonly from?: Position;
}

const keyOf = ({ flow, step, enteredAt }: Position) => `${flow} ${step} ${enteredAt}`;

/** Where the contact stands and what for, with the ways to stop and to move it. */
export function PositionsCard({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const id = String(contact.id);
  const [move, setMove] = useState<Move | undefined>();
  const change = useContactActions(id);
  const { data } = useQuery({
    queryKey: [api.domain, "contact", id, "positions"],
    queryFn: ({ signal }) => api.get<{ data: Position[] }>(`/contacts/${id}/positions`, {}, signal),
    refetchInterval: 5_000,
  });
  const names = usePlaceNames(data?.data.map(({ flow }) => flow) ?? []);
  const start = (
    <Button size="compact-sm" variant="default" onClick={() => setMove({})}>
      {t("contactCard.startFlow")}
    </Button>
  );
  return (
    <Section title={t("contact.positions")} actions={start}>
      {data === undefined ? <Skeleton h={60} /> : null}
      {data?.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("contact.nowhere")}
        </Text>
      ) : null}
      {data?.data.map((position) => {
        const { flow, step, enteredAt } = position;
        return (
          <Group key={keyOf(position)} justify="space-between" align="flex-start">
            <Stack gap={2} miw={0} align="flex-start">
              <Text size="sm" fw={600} className="cut" title={`${flow} / ${step}`}>
                {names.flow(flow)} / {names.step(flow, step)}
              </Text>
              <Text size="sm" c="dimmed" title={position.isLeft ? t("contactCard.leftWhy") : undefined}>
                {describeWait(t, position)} · <Moment at={enteredAt} />
                <GoesOn position={position} />
              </Text>
              <NextAnswer takesNextText={position.takesNextText} />
            </Stack>
            <Group gap={4}>
              <Button size="compact-xs" variant="default" onClick={() => setMove({ from: position })}>
                {t("contactCard.move")}
              </Button>
              <Button
                size="compact-xs"
                variant="default"
                loading={change.isPending}
                onClick={() => change.mutate([{ action: "stop_flow", args: { flow, step } }])}
              >
                {t("contact.stop")}
              </Button>
            </Group>
          </Group>
        );
      })}
      {change.error === null ? null : <ErrorNotice error={change.error} />}
      <Modal
        opened={move !== undefined}
        onClose={() => setMove(undefined)}
        title={t(move?.from === undefined ? "contactCard.startFlow" : "contactCard.moveTitle")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        {move === undefined ? null : (
          <MoveForm
            contact={contact}
            move={move}
            others={data?.data.filter((one) => keyOf(one) !== (move.from && keyOf(move.from))) ?? []}
            onDone={() => setMove(undefined)}
          />
        )}
      </Modal>
    </Section>
  );
}

interface Drawn {
  readonly draft: { readonly steps: readonly StoredStep[] };
}

/** To a step of this flow or of another: one stops and the other begins, in one event. */
function MoveForm({
  contact,
  move: { from },
  others,
  onDone,
}: {
  readonly contact: ContactBody;
  readonly move: Move;
  /** Where the contact stands besides. */
  readonly others: readonly Position[];
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const catalogue = useCatalogue();
  const change = useContactActions(String(contact.id));
  const [flow, setFlow] = useState<string | null>(from?.flow ?? null);
  const [step, setStep] = useState<string | null>(null);
  const flows = useQuery({
    queryKey: [api.domain, "flows"],
    queryFn: ({ signal }) => api.get<{ data: FlowSummaryBody[] }>("/flows", {}, signal),
  });
  const drawn = useQuery({
    queryKey: [api.domain, "flow", flow],
    queryFn: ({ signal }) => api.get<Drawn>(`/flows/${flow}`, {}, signal),
    enabled: flow !== null,
  });
  const published = (flows.data?.data ?? []).filter(
    ({ botId, publishedVersion }) => botId === contact.botId && publishedVersion !== null,
  );
  const go = () => {
    const stop = from === undefined ? [] : [{ action: "stop_flow", args: { flow: from.flow, step: from.step } }];
    const start = { action: "start_flow", args: { flow, ...(step === null ? {} : { step }) } };
    change.mutate([...stop, start], { onSuccess: onDone });
  };
  return (
    <Stack>
      {change.error === null ? null : <ErrorNotice error={change.error} />}
      <Select
        label={t("contactCard.flow")}
        data={published.map(({ ref, name }) => ({ value: ref, label: name }))}
        value={flow}
        searchable
        onChange={(next) => {
          setFlow(next);
          setStep(null);
        }}
      />
      <Select
        label={t("contactCard.step")}
        placeholder={t("contactCard.firstStep")}
        data={[...callSteps(drawn.data?.draft.steps ?? [], catalogue)].map(([value, label]) => ({ value, label }))}
        value={step}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("contactCard.firstStep") }}
        onChange={setStep}
      />
      <Ends others={others.filter((one) => one.flow === flow)} word="contactCard.moveEnds" />
      {from === undefined || from.flow === flow ? null : (
        <Ends others={others.filter((one) => one.flow === from.flow)} word="contactCard.moveMayEnd" />
      )}
      <Group justify="flex-end">
        <Button disabled={flow === null} loading={change.isPending} onClick={go}>
          {t(from === undefined ? "contactCard.start" : "contactCard.move")}
        </Button>
      </Group>
    </Stack>
  );
}

/** A flow that is started anew ends wherever else the contact stands in it; one that is stopped at a step, at what can come after that step. */
function Ends({
  others,
  word,
}: {
  readonly others: readonly Position[];
  readonly word: "contactCard.moveEnds" | "contactCard.moveMayEnd";
}) {
  const { t } = useTranslation();
  const names = usePlaceNames(others.map(({ flow }) => flow));
  if (others.length === 0) return null;
  const places = [...new Set(others.map(({ flow, step }) => `${names.flow(flow)} / ${names.step(flow, step)}`))];
  return (
    <Text size="sm" role="status" className="breakable">
      {t(word, { places: places.join(", ") })}
    </Text>
  );
}
