import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { nameOf } from "./name-of.ts";

/** Deletes a contact for good, once its name is typed in. */
export function DeleteDialog({
  contact,
  isOpen,
  onClose,
}: {
  readonly contact: ContactBody;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const name = nameOf(t, contact);
  const form = useForm([], async () => {
    await api.send("DELETE", `/contacts/${contact.id}`);
    await navigate({ to: "/w/$domain/contacts", params: { domain: api.domain }, search: {} });
    client.removeQueries({ queryKey: [api.domain, "contact", String(contact.id)] });
    await client.invalidateQueries({ queryKey: [api.domain, "contacts"] });
  });
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("contactCard.delete")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={form.onSubmit}>
        <Stack>
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <Text size="sm">{t("contactCard.deleteText")}</Text>
          <TextInput
            label={t("contactCard.deleteName", { name })}
            data-autofocus
            autoComplete="off"
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" color="red" loading={form.isBusy} disabled={typed.trim() !== name.trim()}>
              {t("contactCard.deleteDo")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
