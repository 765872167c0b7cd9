import { Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import type { Flow, FlowProblem } from "./flow-types.ts";
import { findStepType } from "./step-kinds.ts";
import type { DraftEditor } from "./use-draft.ts";

export function Publish({
  flow,
  editor,
  problems,
}: {
  readonly flow: Flow;
  readonly editor: DraftEditor;
  readonly problems: readonly FlowProblem[];
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isOpen, { open, close }] = useDisclosure(false);
  const errors = problems.filter(({ severity }) => severity === "error");
  const publish = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await editor.flush();
      const { version } = await api.send<{ version: number }>("POST", `/flows/${flow.ref}/publish`);
      notifications.show({ color: "teal", message: t("builder.published", { version }) });
      await client.invalidateQueries({ queryKey: [api.domain, "flows"] });
      close();
    } catch (thrown) {
      // The problems below say more than that there are some.
      const isInvalid = thrown instanceof ApiError && thrown.code === "flow.invalid";
      await client.invalidateQueries({ queryKey: [api.domain, "flow", flow.ref, "problems"] });
      setError(isInvalid ? undefined : thrown);
      open();
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button loading={isBusy} onClick={() => void publish()}>
        {t("builder.publish")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t("builder.notPublished")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <Stack>
          {error === undefined ? null : <ErrorNotice error={error} />}
          {errors.map(({ step, message }) => (
            <Text key={`${step} ${message}`} size="sm">
              <b>{nameOfStep(editor.document, step)}</b> {message}
            </Text>
          ))}
        </Stack>
      </Modal>
    </>
  );
}

function nameOfStep(document: FlowDocument, ref: string | undefined): string {
  const step = document.steps.find((one) => one.ref === ref);
  return step === undefined ? "" : `${step.name ?? findStepType(step.kind)?.title ?? step.kind} (${step.ref}):`;
}
