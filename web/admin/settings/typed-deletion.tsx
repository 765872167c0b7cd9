import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

/** What goes for good and takes much with it: its name is typed first. */
export function TypedDeletion({
  verb,
  loss,
  expected,
  onDelete,
  onClose,
}: {
  readonly verb: string;
  readonly loss: ReactNode;
  /** What has to be typed; capitals do not matter. */
  readonly expected: string;
  readonly onDelete: (typed: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [isWrong, setWrong] = useState(false);
  const form = useForm([], () => onDelete(typed.trim()));
  const isSame = typed.trim().toLowerCase() === expected.toLowerCase();
  return (
    <Dialog title={verb} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setWrong(!isSame);
          if (isSame) form.onSubmit(event);
        }}
      >
        <Stack>
          <Text size="sm">{loss}</Text>
          <TextInput
            label={t("deletion.type", { expected })}
            data-autofocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={typed}
            error={isWrong ? t("deletion.notTheSame") : undefined}
            onChange={({ currentTarget }) => {
              setWrong(false);
              setTyped(currentTarget.value);
            }}
          />
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" color="red" loading={form.isBusy}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
