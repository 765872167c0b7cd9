import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./dialog.tsx";
import { ErrorNotice } from "./trouble.tsx";

interface Question {
  /** Of the thing that goes. */
  readonly name: string;
  /** What is lost with it. */
  readonly loss: string;
  readonly onDelete: () => Promise<unknown>;
  /** Instead of "Delete". */
  readonly verb?: string;
}

/** Deletes after a question that says what is lost. */
export function DeleteButton({
  isLabelled = false,
  icon = <IconTrash size={16} />,
  ...question
}: Question & { readonly isLabelled?: boolean /** Instead of the bin. */; readonly icon?: ReactNode }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const { name, verb = t("action.delete") } = question;
  return (
    <>
      {isLabelled ? (
        <Button variant="subtle" color="red" leftSection={icon} onClick={() => setAsking(true)}>
          {verb}
        </Button>
      ) : (
        <ActionIcon variant="subtle" color="red" aria-label={`${verb}: ${name}`} onClick={() => setAsking(true)}>
          {icon}
        </ActionIcon>
      )}
      {isAsking ? <AskFirst {...question} verb={verb} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

/** The question alone, where something else than a button asks it. */
export function AskFirst({ name, loss, verb, onDelete, onClose }: Question & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const go = () => {
    setBusy(true);
    onDelete().then(onClose, (thrown: unknown) => {
      setBusy(false);
      setError(thrown);
    });
  };
  return (
    <Dialog title={`${verb}: ${name}`} onClose={onClose}>
      <Stack>
        <Text size="sm">{loss}</Text>
        {error === undefined ? null : <ErrorNotice error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button color="red" loading={isBusy} onClick={go}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
