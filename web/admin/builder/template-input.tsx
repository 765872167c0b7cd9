import { ActionIcon, Combobox, Stack, Text, Textarea, Tooltip, useCombobox } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "./names.ts";
import { UnknownNames } from "./unknown-names.tsx";

/** A text with variables in it; a menu puts in what the bot knows, with a fallback where one is wanted. */
export function TemplateInput({
  label,
  description,
  error,
  value,
  onChange,
}: {
  readonly label: string;
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  const input = useRef<HTMLTextAreaElement>(null);
  const [search, setSearch] = useState("");
  const names = useNames();
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch("");
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const insert = (expression: string) => {
    const at = input.current?.selectionEnd ?? value.length;
    onChange(value.slice(0, at) + expression + value.slice(at));
    combobox.closeDropdown();
    input.current?.focus();
  };
  const wanted = search.trim().toLowerCase();
  const found = names.filter(({ expression, title }) => `${title} ${expression}`.toLowerCase().includes(wanted));
  return (
    <Stack gap={4}>
      <Textarea
        ref={input}
        label={label}
        description={description}
        error={error}
        autosize
        minRows={2}
        maxRows={14}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        rightSectionProps={{ style: { alignItems: "flex-start", paddingTop: 6 } }}
        rightSection={
          <Combobox store={combobox} width={280} position="bottom-end" onOptionSubmit={insert}>
            <Combobox.Target withAriaAttributes={false}>
              <Tooltip label={t("builder.insertVariable")}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("builder.insertVariable")}
                  onClick={() => combobox.toggleDropdown()}
                >
                  <IconBraces size={16} />
                </ActionIcon>
              </Tooltip>
            </Combobox.Target>
            <Combobox.Dropdown>
              <Combobox.Search
                value={search}
                placeholder={t("builder.searchVariable")}
                aria-label={t("builder.searchVariable")}
                onChange={({ currentTarget }) => setSearch(currentTarget.value)}
              />
              <Combobox.Options mah={260} style={{ overflowY: "auto" }}>
                {found.map(({ expression, title, path }) => (
                  <Combobox.Option key={expression} value={expression}>
                    {title}{" "}
                    <Text span size="xs" c="dimmed">
                      {path}
                    </Text>
                  </Combobox.Option>
                ))}
                {found.length === 0 ? <Combobox.Empty>{t("builder.noVariable")}</Combobox.Empty> : null}
              </Combobox.Options>
            </Combobox.Dropdown>
          </Combobox>
        }
      />
      <UnknownNames text={value} />
    </Stack>
  );
}
