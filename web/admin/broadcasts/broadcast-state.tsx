import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastBody, BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Moment } from "../layout/moment.tsx";
import { toNumber } from "../layout/number.ts";
import { useApi } from "../layout/page.tsx";
import { useMayBuild, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { Reasons } from "./broadcast-ledger.tsx";
import { BroadcastProgress, isBeingCancelled } from "./broadcast-progress.tsx";
import { StartDialog } from "./start-dialog.tsx";
import { TestSend } from "./test-send.tsx";

type Step = "start" | "pause" | "resume" | "cancel";

/** What can be done with a broadcast in each of its states. */
const stepsOf: Readonly<Record<BroadcastBody["status"], readonly Step[]>> = {
  draft: ["start"],
  scheduled: ["pause", "cancel"],
  preparing: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  finished: [],
  cancelled: [],
};

/** How far it is, when it ends, and what can be done with it. */
export function BroadcastState({
  broadcast,
  isTyped,
  every,
}: {
  readonly broadcast: BroadcastDetailBody;
  /** So many milliseconds until what came of it is asked for again. */
  readonly every: number;
  /** Something in the draft's form is not saved. */
  readonly isTyped: boolean;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const mayBuild = useMayBuild();
  const [isTesting, setTesting] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const { id, status } = broadcast;
  const move = useMutation({
    mutationFn: (step: Step) => api.send("POST", `/broadcasts/${id}/${step}`),
    onSuccess: () => setStarting(false),
    onSettled: () => renew("/broadcasts"),
  });
  const duplicate = useMutation({
    mutationFn: () => api.send<BroadcastBody>("POST", `/broadcasts/${id}/duplicate`),
    onSuccess: async (made) => {
      await renew("/broadcasts");
      await navigate({ to: `/w/${api.domain}/broadcasts/${made.id}` });
    },
  });
  const trouble = move.error ?? duplicate.error;
  const isEnding = isBeingCancelled(broadcast);
  const isOver = status === "finished" || (status === "cancelled" && !isEnding) || status === "draft";
  return (
    <Stack>
      <BroadcastProgress broadcast={broadcast} />
      <Reasons broadcast={broadcast} every={every} />
      <Times broadcast={broadcast} />
      {isEnding ? <Text size="sm">{t("broadcasts.cancelling")}</Text> : null}
      {trouble === null || isStarting ? null : <ErrorNotice error={trouble} />}
      {isTyped && status === "draft" ? <Text size="sm">{t("broadcasts.saveFirst")}</Text> : null}
      {mayBuild ? (
        <Group gap="sm">
          {stepsOf[status].map((step) => (
            <Button
              key={step}
              variant={step === "start" || step === "resume" ? "filled" : "default"}
              loading={move.isPending}
              disabled={isTyped && step === "start"}
              onClick={() => (step === "start" ? setStarting(true) : move.mutate(step))}
            >
              {t(`broadcasts.step.${step}`)}
            </Button>
          ))}
          <Button variant="default" disabled={isTyped} onClick={() => setTesting(true)}>
            {t("broadcasts.test.open")}
          </Button>
          <Button variant="default" loading={duplicate.isPending} onClick={() => duplicate.mutate()}>
            {t("broadcasts.duplicate")}
          </Button>
          {isOver ? (
            <DeleteButton
              isLabelled
              name={broadcast.name}
              loss={t(status === "draft" ? "broadcasts.draftLoss" : "broadcasts.loss")}
              onDelete={async () => {
                await api.send("DELETE", `/broadcasts/${id}`);
                await navigate({ to: `/w/${api.domain}/broadcasts`, ignoreBlocker: true });
                await renew("/broadcasts");
              }}
            />
          ) : null}
        </Group>
      ) : null}
      {isStarting ? (
        <StartDialog
          broadcast={broadcast}
          isBusy={move.isPending}
          error={move.error}
          onStart={() => move.mutate("start")}
          onClose={() => setStarting(false)}
        />
      ) : null}
      {isTesting ? <TestSend broadcast={broadcast} onClose={() => setTesting(false)} /> : null}
    </Stack>
  );
}

/** When it goes out, how fast, and when it will be over. */
function Times({
  broadcast: { startAt, plan, expectedEnd, perSecond, choiceAt },
}: {
  readonly broadcast: BroadcastBody;
}) {
  const { t } = useTranslation();
  const { local, quiet } = plan;
  return (
    <Stack gap={2}>
      {startAt === null ? null : (
        <Text size="sm">
          {t("broadcasts.startAt")}: <Moment at={startAt} />
        </Text>
      )}
      {local === undefined ? null : (
        <Text size="sm">{t("broadcasts.localAt", { at: local.at.replace("T", " ") })}</Text>
      )}
      {quiet === undefined ? null : (
        <Text size="sm">{t("broadcasts.quiet.told", { from: quiet.from, to: quiet.to })}</Text>
      )}
      {perSecond === null ? null : (
        <Text size="sm">{t("broadcasts.pace", { count: toNumber(Math.round(perSecond * 60)) })}</Text>
      )}
      {choiceAt === null ? null : (
        <Text size="sm">
          {t("broadcasts.split.choiceAt")}: <Moment at={choiceAt} />
        </Text>
      )}
      {expectedEnd === null ? null : (
        <Text size="sm">
          {t("broadcasts.expectedEnd")}: <Moment at={expectedEnd} />
        </Text>
      )}
    </Stack>
  );
}
