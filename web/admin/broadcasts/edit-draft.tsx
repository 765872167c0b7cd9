import { Alert, Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import { ApiError } from "../api.ts";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BroadcastChanges } from "./broadcast-changes.tsx";
import { type BroadcastDraft, fromBroadcast, toBody } from "./broadcast-draft.ts";
import { BroadcastFields, broadcastPaths } from "./broadcast-fields.tsx";
import { useDraftGuard } from "./use-draft-guard.ts";

/** Changes a draft. Who saves second is told so, keeps what they typed, and chooses. */
export function EditDraft({
  broadcast,
  onTyped,
}: {
  /** As it is kept now: it may have become newer than what the form began with. */
  readonly broadcast: BroadcastDetailBody;
  /** Whether there is something that is not saved. */
  readonly onTyped: (isTyped: boolean) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [base, setBase] = useState(broadcast);
  const [draft, setDraft] = useState<BroadcastDraft>(() => fromBroadcast(broadcast));
  const [isTyped, setTyped] = useState(false);
  const tell = (typed: boolean) => {
    setTyped(typed);
    onTyped(typed);
  };
  const begin = (from: BroadcastDetailBody) => {
    setBase(from);
    setDraft(fromBroadcast(from));
    tell(false);
  };
  const isOld = broadcast.revision > base.revision;
  // Nothing is lost where nothing was typed.
  if (isOld && !isTyped) begin(broadcast);
  const sent = useForm(broadcastPaths, async () => {
    const body = { ...toBody(draft), revision: base.revision };
    try {
      begin(await api.send<BroadcastDetailBody>("PATCH", `/broadcasts/${broadcast.id}`, body));
      notifications.show({ message: t("saved") });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "broadcast.changed") throw error;
    } finally {
      await renew("/broadcasts");
    }
  });
  const form = useDraftGuard(sent, draft);
  return (
    <>
      {isOld && isTyped ? (
        <Alert color="yellow" title={t("broadcasts.changed.title")} role="alert" mb="md">
          <Text size="sm" mb="xs">
            {t("broadcasts.changed.text")}
          </Text>
          <BroadcastChanges before={base} after={broadcast} />
          <Group mt="sm" gap="sm">
            <Button size="xs" onClick={() => setBase(broadcast)}>
              {t("broadcasts.changed.mine")}
            </Button>
            <Button size="xs" variant="default" onClick={() => begin(broadcast)}>
              {t("broadcasts.changed.theirs")}
            </Button>
          </Group>
        </Alert>
      ) : null}
      <DialogForm form={form} submit={t("action.save")} isTyped={isTyped}>
        <BroadcastFields
          botId={broadcast.botId}
          value={draft}
          onChange={(next) => {
            setDraft(next);
            tell(true);
          }}
          form={form}
        />
      </DialogForm>
    </>
  );
}
