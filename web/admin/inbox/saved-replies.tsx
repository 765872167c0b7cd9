import { ActionIcon, Button, Group, Modal, Stack, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconMessages, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedReplyBody } from "../../../src/http/contract/saved-replies.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

/** The team's saved replies: a button that opens their list. */
export function SavedReplies() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Tooltip label={t("inbox.saved")}>
        <ActionIcon variant="subtle" aria-label={t("inbox.saved")} onClick={() => setIsOpen(true)}>
          <IconMessages size={18} />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={t("inbox.saved")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <List />
      </Modal>
    </>
  );
}

function List() {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: [api.domain, "saved-replies"],
    queryFn: ({ signal }) => api.get<{ data: SavedReplyBody[] }>("/saved-replies", {}, signal),
  });
  const renew = () => client.invalidateQueries({ queryKey: [api.domain, "saved-replies"] });
  const [shortcut, setShortcut] = useState("");
  const [text, setText] = useState("");
  const create = useMutation({
    mutationFn: () => api.send("POST", "/saved-replies", { shortcut, text }),
    onSuccess: () => {
      setShortcut("");
      setText("");
    },
    onSettled: renew,
  });
  const remove = useMutation({
    mutationFn: (id: number) => api.send("DELETE", `/saved-replies/${id}`),
    onSettled: renew,
  });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("inbox.savedHint", { example: "{{ contact.first_name }}" })}
      </Text>
      {(data?.data ?? []).map((reply) => (
        <Group key={reply.id} wrap="nowrap" align="flex-start">
          <Stack gap={0} flex={1} miw={0}>
            <Text size="sm" fw={600}>
              /{reply.shortcut}
            </Text>
            <Text size="sm" className="breakable">
              {reply.text}
            </Text>
          </Stack>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t("action.delete")}: ${reply.shortcut}`}
            onClick={() => remove.mutate(reply.id)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <TextInput
        label={t("inbox.shortcut")}
        leftSection="/"
        value={shortcut}
        onChange={({ currentTarget }) => setShortcut(currentTarget.value)}
      />
      <Textarea
        label={t("inbox.savedText")}
        autosize
        minRows={2}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {create.error === null ? null : <ErrorNotice error={create.error} />}
      {remove.error === null ? null : <ErrorNotice error={remove.error} />}
      <Button
        disabled={shortcut.trim() === "" || text.trim() === ""}
        loading={create.isPending}
        onClick={() => create.mutate()}
      >
        {t("action.save")}
      </Button>
    </Stack>
  );
}
