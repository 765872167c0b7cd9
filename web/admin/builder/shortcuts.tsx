import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

const shortcuts = [
  ["search", "Ctrl F"],
  ["undo", "Ctrl Z"],
  ["redo", "Ctrl Shift Z"],
  ["copy", "Ctrl C"],
  ["cut", "Ctrl X"],
  ["paste", "Ctrl V"],
  ["duplicate", "Ctrl D"],
  ["all", "Ctrl A"],
  ["save", "Ctrl S"],
  ["remove", "Delete"],
  ["next", "Tab"],
  ["choose", "Enter"],
  ["leave", "Esc"],
  ["move", "← ↑ → ↓"],
  ["box", "Shift"],
  ["more", "Ctrl"],
  ["help", "?"],
] as const;

/** What the keyboard can do here. */
export function Shortcuts({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("shortcuts.title")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Table>
        <Table.Tbody>
          {shortcuts.map(([name, keys]) => (
            <Table.Tr key={name}>
              <Table.Td>{t(`shortcuts.${name}`)}</Table.Td>
              <Table.Td ta="end">
                <Kbd>{keys}</Kbd>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
