import { ActionIcon, Kbd, Modal, Table } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { isTypedInto } from "./conversation-list.tsx";

const shortcuts = [
  ["↑ ↓", "move"],
  ["Alt ↑ ↓", "moveTyping"],
  ["Enter", "send"],
  ["Shift Enter", "break"],
  ["/", "saved"],
  ["@", "mention"],
  ["?", "help"],
] as const;

/** What keys do, behind a button and the key `?`. */
export function Shortcuts() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key === "?" && !isTypedInto(event.target)) setIsOpen(true);
    };
    document.addEventListener("keydown", open);
    return () => document.removeEventListener("keydown", open);
  }, []);
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        visibleFrom="sm"
        aria-label={t("inbox.keys.title")}
        onClick={() => setIsOpen(true)}
      >
        <IconKeyboard size={18} />
      </ActionIcon>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={t("inbox.keys.title")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <Table>
          <Table.Tbody>
            {shortcuts.map(([keys, word]) => (
              <Table.Tr key={word}>
                <Table.Td>
                  <Kbd>{keys}</Kbd>
                </Table.Td>
                <Table.Td>{t(`inbox.keys.${word}`)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}
