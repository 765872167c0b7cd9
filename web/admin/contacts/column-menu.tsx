import { Button, Checkbox, Popover, ScrollArea, Stack } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Column, useAllColumns } from "./columns.tsx";

/** Which columns are shown. */
export function ColumnMenu({
  chosen,
  onChange,
}: {
  readonly chosen: readonly Column[];
  readonly onChange: (keys: readonly string[]) => void;
}) {
  const { t } = useTranslation();
  const all = useAllColumns();
  const keys = chosen.map(({ key }) => key);
  return (
    <Popover position="bottom-end" trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />}>
          {t("contactList.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <ScrollArea.Autosize mah={340} p="sm">
          <Stack gap="xs">
            {all.map(({ key, title }) => (
              <Checkbox
                key={key}
                size="sm"
                label={title}
                checked={keys.includes(key)}
                onChange={({ currentTarget }) =>
                  onChange(currentTarget.checked ? [...keys, key] : keys.filter((one) => one !== key))
                }
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
