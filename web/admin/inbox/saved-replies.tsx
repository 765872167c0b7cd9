import { ActionIcon, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconMessages, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedReplyBody } from "../../../src/http/contract/saved-replies.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog } from "../layout/dialog.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { Listing } from "../layout/listing.tsx";
import { useApi } from "../layout/page.tsx";
import { useList, useMayTalk, useRenew } from "../layout/resource.ts";
import { SavedReplyForm } from "./saved-reply-form.tsx";

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
      {isOpen ? (
        <Dialog title={t("inbox.saved")} onClose={() => setIsOpen(false)}>
          <List />
        </Dialog>
      ) : null}
    </>
  );
}

/** The list, or, in its place, the form of one. */
function List() {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayTalk = useMayTalk();
  const replies = useList<SavedReplyBody>("/saved-replies");
  const [edited, setEdited] = useState<SavedReplyBody | "new" | null>(null);
  if (edited !== null) {
    return (
      <Stack>
        <SavedReplyForm reply={edited === "new" ? undefined : edited} onSaved={() => setEdited(null)} />
        <Group>
          <Button variant="subtle" onClick={() => setEdited(null)}>
            {t("action.cancel")}
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("inbox.savedHint", { example: "{{ contact.first_name }}" })}
      </Text>
      <Listing list={replies} empty={<Text size="sm">{t("inbox.noneSaved")}</Text>}>
        {(items) =>
          items.map((reply) => (
            <Group key={reply.id} wrap="nowrap" align="flex-start" gap={4}>
              <Stack gap={0} flex={1} miw={0}>
                <Text size="sm" fw={600}>
                  /{reply.shortcut}
                </Text>
                <Text size="sm" className="breakable">
                  {reply.text}
                </Text>
              </Stack>
              {mayTalk ? (
                <>
                  <EditButton name={reply.shortcut} onClick={() => setEdited(reply)} />
                  <DeleteButton
                    name={reply.shortcut}
                    loss={t("inbox.savedLoss")}
                    onDelete={async () => {
                      await api.send("DELETE", `/saved-replies/${reply.id}`);
                      await renew("/saved-replies");
                    }}
                  />
                </>
              ) : null}
            </Group>
          ))
        }
      </Listing>
      {mayTalk ? (
        <Group>
          <Button variant="light" leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
            {t("inbox.newSaved")}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}
