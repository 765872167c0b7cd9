import { Button, Group, Modal, Stack, Textarea, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPencil } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";
import type { Flow, FlowProblem, Published } from "./flow-types.ts";
import { PublishDialog, type PublishReport } from "./publish-dialog.tsx";
import { hasUnfinished } from "./unfinished.ts";
import type { DraftEditor } from "./use-draft.ts";

export function Publish({
  flow,
  editor,
  hasNews,
  isStarted,
  onPublish,
  problems,
  isShort,
  isNoteOpen,
  onNote,
  onNoteClose,
  onShow,
  onShowStart,
}: {
  readonly flow: Flow;
  readonly editor: DraftEditor;
  /** Whether there is anything to publish. */
  readonly hasNews: boolean;
  readonly isStarted: boolean;
  /** What is missing counts as wrong from now on. */
  readonly onPublish: () => void;
  readonly problems: readonly FlowProblem[];
  /** There is room for the one button alone. */
  readonly isShort: boolean;
  /** Whether somebody writes what is new. */
  readonly isNoteOpen: boolean;
  readonly onNote: () => void;
  readonly onNoteClose: () => void;
  readonly onShow: (ref: string) => void;
  /** Opens the settings of what starts the flow. */
  readonly onShowStart: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [report, setReport] = useState<PublishReport>();
  const [isBusy, setBusy] = useState(false);
  const [isOpen, { open, close }] = useDisclosure(false);
  const isUnfinished = hasUnfinished(editor.document);
  // What is only begun counts as nothing yet; whoever wants to publish it hears why that cannot be.
  const isOff = !hasNews && !isUnfinished;
  // One that is `disabled` has no tooltip that says why, and the keyboard does not come to it.
  const off = isOff ? { "data-disabled": true, "aria-disabled": true } : {};
  const variant = hasNews ? "filled" : "default";
  const why = isOff ? t("published.nothingNew", { version: flow.publishedVersion }) : undefined;
  const tell = (next: PublishReport) => {
    setReport(next);
    open();
  };
  const publish = async (note = "") => {
    onPublish();
    if (isUnfinished) return tell({ kind: "refused", isUnfinished });
    setBusy(true);
    try {
      await editor.flush();
      const body = note === "" ? undefined : { note };
      const { version, problems: told } = await api.send<Published>("POST", `/flows/${flow.ref}/publish`, body);
      client.setQueryData<Flow>([api.domain, "flow", flow.ref], (old) => old && { ...old, publishedVersion: version });
      await client.invalidateQueries({ queryKey: [api.domain, "flow", flow.ref, "versions"] });
      const warnings = told.filter(({ severity }) => severity === "warning");
      if (warnings.length > 0 || !isStarted) tell({ kind: "live", version, warnings, isStarted });
      else {
        close();
        notifications.show({ color: "teal", message: t("builder.published", { version }) });
      }
      await client.invalidateQueries({ queryKey: [api.domain, "flows"] });
    } catch (thrown) {
      // The problems below say more than that there are some.
      const isInvalid = thrown instanceof ApiError && thrown.code === "flow.invalid";
      await client.invalidateQueries({ queryKey: [api.domain, "flow", flow.ref, "problems"] });
      tell({ kind: "refused", isUnfinished, ...(isInvalid ? {} : { error: thrown }) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button.Group>
        <Reason says={why}>
          <Button
            variant={variant}
            {...(isShort ? { px: "xs" } : {})}
            loading={isBusy}
            {...off}
            onClick={() => (isOff ? undefined : void publish())}
          >
            {t("builder.publish")}
          </Button>
        </Reason>
        {isShort ? null : (
          <Reason says={why ?? t("versions.withNote")}>
            <Button
              variant={variant}
              px={8}
              aria-label={t("versions.withNote")}
              disabled={isBusy}
              {...off}
              onClick={() => (isOff ? undefined : onNote())}
            >
              <IconPencil size={16} />
            </Button>
          </Reason>
        )}
      </Button.Group>
      <NoteDialog isOpen={isNoteOpen} onClose={onNoteClose} onPublish={publish} />
      <PublishDialog
        report={report}
        errors={problems.filter(({ severity }) => severity === "error")}
        steps={editor.document.steps}
        isOpen={isOpen}
        onClose={close}
        onShow={onShow}
        onShowStart={onShowStart}
      />
    </>
  );
}

/** Also for the keyboard and for fingers. */
function Reason({ says, children }: { readonly says: string | undefined; readonly children: ReactElement }) {
  return (
    <Tooltip
      label={says ?? ""}
      disabled={says === undefined}
      multiline
      maw={260}
      events={{ hover: true, focus: true, touch: true }}
    >
      {children}
    </Tooltip>
  );
}

/** A version with a line for those who look for it later. */
function NoteDialog({
  isOpen,
  onClose,
  onPublish,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onPublish: (note: string) => Promise<void>;
}) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("versions.withNote")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          void onPublish(note.trim());
          setNote("");
        }}
      >
        <Stack>
          <Textarea
            label={t("versions.note")}
            autosize
            minRows={2}
            maxLength={500}
            data-autofocus
            value={note}
            onChange={({ currentTarget }) => setNote(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit">{t("builder.publish")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
