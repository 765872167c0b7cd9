import { Table, Text, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** What a thing is called, and what it is for, as the first cell of its row. */
export function NameCell({
  name,
  description,
  width = 260,
}: {
  readonly name: string;
  readonly description: string;
  /** At most, in pixels. */
  readonly width?: number;
}) {
  return (
    <Table.Td maw={width}>
      <Text size="sm" fw={600} className="cut">
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="cut">
        {description}
      </Text>
    </Table.Td>
  );
}

interface FieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** The first field of a thing's dialog. */
export function NameField({ value, error, hint, onChange }: FieldProps & { readonly hint?: string | undefined }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("list.name")}
      description={hint}
      required
      data-autofocus
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

export function DescriptionField({ value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t("list.description")}
      description={t("list.descriptionHint")}
      autosize
      minRows={2}
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
