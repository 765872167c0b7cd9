import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FormState } from "./form.tsx";
import { ErrorNotice } from "./trouble.tsx";

/** A dialog over the page. It is there while it is drawn: what was typed in it goes when it is closed, not before. */
export function Dialog({
  title,
  onClose,
  children,
  size = "md",
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly size?: ModalProps["size"];
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      {children}
    </Modal>
  );
}

/** A form with what is wrong above it and its button below. */
export function DialogForm({
  form,
  submit,
  children,
}: {
  readonly form: FormState;
  readonly submit: string;
  readonly children: ReactNode;
}) {
  return (
    <form onSubmit={form.onSubmit}>
      <Stack>
        {children}
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={form.isBusy}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The dialog of a thing that is made, or changed where it has a name already. */
export function EditDialog({
  name,
  create,
  form,
  onClose,
  children,
}: {
  readonly name: string | undefined;
  /** What making one is called. */
  readonly create: string;
  readonly form: FormState;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Dialog title={name === undefined ? create : t("list.edit", { name })} onClose={onClose}>
      <DialogForm form={form} submit={t(name === undefined ? "action.create" : "action.save")}>
        {children}
      </DialogForm>
    </Dialog>
  );
}
