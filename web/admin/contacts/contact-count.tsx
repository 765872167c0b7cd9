import { Button, Group, Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { toNumber } from "../layout/number.ts";
import type { ContactCount } from "./use-count.ts";

/** How many it is, with how far the counting is. */
export function CountLine({ count, share, state, cancel, again }: ContactCount) {
  const { t } = useTranslation();
  const known = count === undefined ? "…" : toNumber(count);
  return (
    <Group gap="xs" role="status" mih={26}>
      <Text size="sm" fw={600}>
        {t(state === "done" ? "contactList.count" : "contactList.countSoFar", { n: known })}
      </Text>
      {state === "counting" ? (
        <>
          <Progress value={share * 100} w={80} aria-label={t("contactList.counting")} animated />
          <Button size="compact-xs" variant="subtle" onClick={cancel}>
            {t("action.cancel")}
          </Button>
        </>
      ) : null}
      {state === "cancelled" || state === "failed" ? (
        <Button size="compact-xs" variant="subtle" onClick={again}>
          {t("contactList.countAgain")}
        </Button>
      ) : null}
    </Group>
  );
}
