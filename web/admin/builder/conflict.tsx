import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DraftEditor } from "./use-draft.ts";

/** Two people changed the same draft: nothing is overwritten before somebody says so. */
export function Conflict({ editor }: { readonly editor: DraftEditor }) {
  const { t } = useTranslation();
  const { state } = editor;
  if (state.kind !== "conflict") return null;
  const mine = editor.document.steps.length;
  const theirs = state.theirs.document.steps.length;
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={t("builder.conflict.title")}>
      <Stack>
        <Text size="sm">{t("builder.conflict.text", { mine, theirs })}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => editor.resolve("theirs")}>
            {t("builder.conflict.theirs")}
          </Button>
          <Button color="red" onClick={() => editor.resolve("mine")}>
            {t("builder.conflict.mine")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
