import { Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { reachIn } from "./reach.ts";

/** Beside an address that is to be given away: that others cannot open it, and what to do. Nothing where they can. */
export function ReachNotice({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const reach = reachIn(text);
  if (reach === "everybody") return null;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" mt={6} role="note">
      <IconAlertTriangle
        size={16}
        color="var(--mantine-color-orange-6)"
        style={{ flexShrink: 0, marginTop: 2 }}
        aria-hidden
      />
      <Text size="xs">
        {t(`reach.${reach}`)} {t("reach.set")}
      </Text>
    </Group>
  );
}
