import { Button, Group, Modal, Stack, Text, Textarea, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChevronRight, IconPencil } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StoredStep } from "../../../src/model/flow.ts";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useCatalogue } from "./catalogue.ts";
import type { Flow, FlowProblem, Published } from "./flow-types.ts";
import { useSayProblem } from "./name-things.ts";
import { StepIcon } from "./step-node.tsx";
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
}) {
  const { t } = useTranslation();
  const say = useSayProblem();
  const api = useApi();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isOpen, { open, close }] = useDisclosure(false);
  const isUnfinished = hasUnfinished(editor.document);
  // What is only begun counts as nothing yet; whoever wants to publish it hears why that cannot be.
  const isOff = !hasNews && !isUnfinished;
  const variant = hasNews ? "filled" : "default";
  const why = isOff ? t("published.nothingNew", { version: flow.publishedVersion }) : undefined;
  const errors = problems.filter(({ severity }) => severity === "error");
  const warn = useWarn(editor.document.steps, isShort ? 1 : 3);
  const publish = async (note = "") => {
    onPublish();
    if (isUnfinished) {
      setError(undefined);
      open();
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      await editor.flush();
      const body = note === "" ? undefined : { note };
      const { version, problems: told } = await api.send<Published>("POST", `/flows/${flow.ref}/publish`, body);
      client.setQueryData<Flow>([api.domain, "flow", flow.ref], (old) => old && { ...old, publishedVersion: version });
      await client.invalidateQueries({ queryKey: [api.domain, "flow", flow.ref, "versions"] });
      notifications.show({ color: "teal", message: t("builder.published", { version }) });
      if (!isStarted) notifications.show({ color: "yellow", message: t("published.noStart") });
      warn(told);
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
      <Button.Group>
        <Button
          variant={variant}
          {...(isShort ? { px: "xs" } : {})}
          loading={isBusy}
          disabled={isOff}
          title={why}
          onClick={() => void publish()}
        >
          {t("builder.publish")}
        </Button>
        {isShort ? null : (
          <Button
            variant={variant}
            px={8}
            aria-label={t("versions.withNote")}
            title={why ?? t("versions.withNote")}
            disabled={isBusy || isOff}
            onClick={onNote}
          >
            <IconPencil size={16} />
          </Button>
        )}
      </Button.Group>
      <NoteDialog isOpen={isNoteOpen} onClose={onNoteClose} onPublish={publish} />
      <Modal
        opened={isOpen}
        onClose={close}
        title={t("builder.notPublished")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <Stack>
          {error === undefined ? null : <ErrorNotice error={error} />}
          {isUnfinished ? <Text size="sm">{t("unfinished.start")}</Text> : null}
          {errors.map((problem) => (
            <Problem
              key={`${problem.step} ${problem.message}`}
              step={editor.document.steps.find(({ ref }) => ref === problem.step)}
              says={say(problem)}
              onShow={(ref) => {
                close();
                onShow(ref);
              }}
            />
          ))}
        </Stack>
      </Modal>
    </>
  );
}

/** Tells for a while what keeps nothing from being published and may go wrong all the same. More than `most` would fill the page; the steps have a sign each. */
function useWarn(steps: readonly StoredStep[], most: number): (problems: readonly FlowProblem[]) => void {
  const { t } = useTranslation();
  const say = useSayProblem();
  const { nameOf } = useCatalogue();
  return (problems) => {
    const warnings = problems.filter(({ severity }) => severity === "warning");
    if (warnings.length === 0) return;
    const lines = warnings.slice(0, most).map((problem) => {
      const step = steps.find(({ ref }) => ref === problem.step);
      return step === undefined ? say(problem) : `${nameOf(step)}: ${say(problem)}`;
    });
    const more = warnings.length - lines.length;
    notifications.show({
      color: "yellow",
      title: t("published.warned"),
      message: [...lines, ...(more > 0 ? [t("starts.more", { count: more })] : [])].map((line) => (
        <Text key={line} size="sm" c="var(--mantine-color-text)" className="breakable">
          {line}
        </Text>
      )),
      autoClose: 10_000,
    });
  };
}

/** What is wrong, as a way to the step that it is wrong with. */
function Problem({
  step,
  says,
  onShow,
}: {
  readonly step: StoredStep | undefined;
  readonly says: string;
  readonly onShow: (ref: string) => void;
}) {
  const { nameOf } = useCatalogue();
  if (step === undefined) return <Text size="sm">{says}</Text>;
  return (
    <UnstyledButton className="publish-problem" p="xs" onClick={() => onShow(step.ref)}>
      <Group gap="sm" wrap="nowrap">
        <StepIcon kind={step.kind} />
        <Text size="sm" flex={1} miw={0} className="breakable">
          <b>{nameOf(step)}</b>
          <br />
          {says}
        </Text>
        <IconChevronRight size={16} aria-hidden />
      </Group>
    </UnstyledButton>
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
