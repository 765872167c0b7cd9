import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import { UnknownNamesIn } from "../builder/unknown-names.tsx";
import { Dialog } from "../layout/dialog.tsx";
import { Moment } from "../layout/moment.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { lacksRules } from "./audience-draft.ts";
import { fromBroadcast } from "./broadcast-draft.ts";
import { AudienceCount } from "./broadcast-fields.tsx";

/** Says how many will get it, when, and who is left out, before it cannot be taken back. */
export function StartDialog({
  broadcast,
  isBusy,
  error,
  onStart,
  onClose,
}: {
  readonly broadcast: BroadcastDetailBody;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onStart: () => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const { botId, startAt, plan } = broadcast;
  const { audience, plan: drafted } = fromBroadcast(broadcast);
  const isUnsaid = lacksRules(audience);
  return (
    <Dialog title={t("broadcasts.starting.title", { name: broadcast.name })} onClose={onClose}>
      <Stack>
        <div>
          <Text size="sm">{t("broadcasts.starting.to")}</Text>
          {isUnsaid ? (
            <Text size="sm" fw={600} role="status">
              {t("broadcasts.noCondition")}
            </Text>
          ) : (
            <AudienceCount botId={botId} audience={audience} isLarge />
          )}
        </div>
        <Text size="sm">
          {plan.local !== undefined ? (
            t("broadcasts.localAt", { at: plan.local.at.replace("T", " ") })
          ) : startAt === null || Date.parse(startAt) <= Date.now() ? (
            t("broadcasts.starting.atOnce")
          ) : (
            <>
              {t("broadcasts.startAt")}: <Moment at={startAt} />
            </>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          {t("broadcasts.starting.never")} {t(`broadcasts.starting.agents.${drafted.agents}`)}
        </Text>
        {/* What is written wrong stays empty for everybody, and nothing of it can be taken back. */}
        <UnknownNamesIn value={broadcast.split?.variants ?? broadcast.actions} />
        {error === null ? null : <ErrorNotice error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button data-autofocus loading={isBusy} disabled={isUnsaid} onClick={onStart}>
            {t("broadcasts.starting.go")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
