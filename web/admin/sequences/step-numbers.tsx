import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SequenceNumbersBody } from "../../../src/http/contract/sequences.ts";
import { describeSkip } from "./describe-step.ts";

const shown = ["waiting", "due", "sent", "delivered", "read", "clicked", "started", "failed"] as const;
/** Said also where they are nothing. */
const always: readonly string[] = ["waiting", "due"];

/** What came of a step. */
export function StepNumbers({ numbers }: { readonly numbers: SequenceNumbersBody["steps"][number] | undefined }) {
  const { t } = useTranslation();
  if (numbers === undefined) return null;
  return (
    <Stack gap={2}>
      <Group gap="md" role="group" aria-label={t("sequences.numbers")}>
        {shown
          .filter((name) => numbers[name] > 0 || always.includes(name))
          .map((name) => (
            <Text key={name} size="sm">
              {t(`sequences.number.${name}`)}:{" "}
              <Text span fw={600} size="sm">
                {numbers[name]}
              </Text>
            </Text>
          ))}
      </Group>
      {numbers.skipped.map(({ reason, count }) => (
        <Text key={reason} size="sm" c="dimmed">
          {t("sequences.skipped", { reason: describeSkip(t, reason), count })}
        </Text>
      ))}
    </Stack>
  );
}
