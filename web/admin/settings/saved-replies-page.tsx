import { Button, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedReplyBody } from "../../../src/http/contract/saved-replies.ts";
import { SavedReplyForm } from "../inbox/saved-reply-form.tsx";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { useList, useMayTalk } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { isFound, SearchField } from "../layout/search-field.tsx";

/** What the team says again and again. */
export function SavedRepliesPage() {
  const { t } = useTranslation();
  const mayTalk = useMayTalk();
  const replies = useList<SavedReplyBody>("/saved-replies");
  const [search, setSearch] = useState("");
  const [edited, setEdited] = useState<SavedReplyBody | "new" | null>(null);
  const create = mayTalk ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("inbox.newSaved")}
    </Button>
  ) : null;
  return (
    <Page title={t("inbox.saved")} actions={create}>
      <SearchField value={search} onChange={setSearch} />
      <Listing
        list={replies}
        empty={
          <EmptyState
            title={t("inbox.noneSaved")}
            text={t("inbox.savedHint", { example: "{{ contact.first_name }}" })}
            action={create}
          />
        }
      >
        {(items) => (
          <Replies
            replies={items.filter(({ shortcut, text }) => isFound(search, `${shortcut} ${text}`))}
            onEdit={mayTalk ? setEdited : undefined}
          />
        )}
      </Listing>
      {edited === null ? null : (
        <Dialog
          title={edited === "new" ? t("inbox.newSaved") : t("list.edit", { name: edited.shortcut })}
          onClose={() => setEdited(null)}
        >
          <SavedReplyForm reply={edited === "new" ? undefined : edited} onSaved={() => setEdited(null)} />
        </Dialog>
      )}
    </Page>
  );
}

function Replies({
  replies,
  onEdit,
}: {
  readonly replies: readonly SavedReplyBody[];
  readonly onEdit: ((reply: SavedReplyBody) => void) | undefined;
}) {
  const { t } = useTranslation();
  if (replies.length === 0) return <Text size="sm">{t("list.noMatch")}</Text>;
  return (
    <ListTable head={[t("inbox.shortcut"), t("inbox.savedText"), t("list.created"), ""]} minWidth={480}>
      {replies.map((reply) => (
        <Table.Tr key={reply.id}>
          <Table.Td maw={160} className="cut">
            <Text span size="sm" fw={600}>
              /{reply.shortcut}
            </Text>
          </Table.Td>
          <Table.Td maw={420} className="breakable">
            <Text size="sm" lineClamp={3}>
              {reply.text}
            </Text>
          </Table.Td>
          <Table.Td>
            <Moment at={reply.createdAt} />
          </Table.Td>
          <Table.Td>
            <RowButtons
              name={reply.shortcut}
              loss={t("inbox.savedLoss")}
              list="/saved-replies"
              id={reply.id}
              onEdit={onEdit && (() => onEdit(reply))}
            />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}
