import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FormState } from "./form.tsx";
import { ErrorNotice } from "./trouble.tsx";
import { AskToDiscard, GuardedForm, UnsavedContext } from "./unsaved.tsx";

/** A dialog over the page. It is there while it is drawn: what was typed in it goes when it is closed, not before, and not without a question. */
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
  const [isUnsaved, setUnsaved] = useState(false);
  const [isAsking, setAsking] = useState(false);
  return (
    <Modal
      opened
      onClose={isUnsaved ? () => setAsking(true) : onClose}
      title={title}
      size={size}
      closeOnClickOutside={false}
      closeOnEscape={!isAsking}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <UnsavedContext value={setUnsaved}>{children}</UnsavedContext>
      {isAsking ? <AskToDiscard onStay={() => setAsking(false)} onDiscard={onClose} /> : null}
    </Modal>
  );
}

/** A form with what is wrong above it and its button below. */
export function DialogForm({
  form,
  submit,
  isTyped,
  children,
}: {
  readonly form: FormState;
  readonly submit: string;
  /** Whether something would be lost with it, where that is known better than by its fields; never where it is false. */
  readonly isTyped?: boolean | undefined;
  readonly children: ReactNode;
}) {
  return (
    <GuardedForm form={form} isTyped={isTyped}>
      <Stack>
        {children}
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={form.isBusy}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </GuardedForm>
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
