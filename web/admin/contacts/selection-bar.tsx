import { Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBolt } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { comparesSomething } from "../../../src/model/condition.ts";
import { toNumber } from "../layout/number.ts";
import { BulkAction } from "./bulk-action.tsx";
import { type ContactFilter, toAsk } from "./contact-filter.ts";
import { nobody, type Selection } from "./selection.ts";
import type { ContactCount } from "./use-count.ts";

/** How many are chosen, and what can be done with them. */
export function SelectionBar({
  filter,
  selection,
  total,
  onChange,
}: {
  readonly filter: ContactFilter;
  readonly selection: Selection;
  readonly total: ContactCount;
  readonly onChange: (selection: Selection) => void;
}) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const whole = total.state === "done" ? total.count : undefined;
  const count = selection.kind === "all" ? whole : selection.ids.size;
  if (count === 0 && selection.kind === "some") return null;
  const shown = count === undefined ? "…" : toNumber(count);
  return (
    <Paper withBorder radius="lg" p="xs" role="region" aria-label={t("contactList.selection")}>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {t("contactList.selected", { n: shown })}
        </Text>
        {selection.kind === "some" && whole !== undefined && whole > selection.ids.size ? (
          <Button size="compact-sm" variant="subtle" onClick={() => onChange({ kind: "all" })}>
            {t("contactList.selectAll", { n: toNumber(whole) })}
          </Button>
        ) : null}
        <Button size="compact-sm" leftSection={<IconBolt size={14} />} onClick={open}>
          {t("bulk.open")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => onChange(nobody)}>
          {t("contactList.clear")}
        </Button>
      </Group>
      <BulkAction
        isOpen={isOpen}
        onClose={close}
        count={count}
        audience={selection.kind === "some" ? { contacts: [...selection.ids] } : toAudience(filter)}
      />
    </Paper>
  );
}

/** The filter as a broadcast asks it. */
function toAudience(filter: ContactFilter): Readonly<Record<string, unknown>> {
  const { q, segment, condition } = toAsk(filter);
  // Rules of which none is finished leave the list whole, and its count says so.
  const isAsked = condition !== undefined && comparesSomething(condition);
  return {
    ...(q === undefined ? {} : { q }),
    ...(segment !== undefined && condition === undefined
      ? { segments: [segment] }
      : isAsked
        ? { condition }
        : { all: true }),
  };
}
