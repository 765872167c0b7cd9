import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Copies a ref, for action links and other systems. */
export function CopyRef({ value }: { readonly value: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={t(copied ? "action.copied" : "action.copy")}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("action.copy")} onClick={copy}>
            <IconCopy size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
