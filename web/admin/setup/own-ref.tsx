import { Button, Group, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** A ref of one's own for something that is made: whoever comes from another system keeps the links that name it. Most people never ask for it. */
export function OwnRef({
  value,
  error,
  onChange,
}: {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (ref: string) => void;
}) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  if (!isOpen && value === "" && error === undefined) {
    return (
      <Group>
        <Button size="compact-sm" variant="subtle" px={0} onClick={() => setOpen(true)}>
          {t("ownRef.ask")}
        </Button>
      </Group>
    );
  }
  return (
    <TextInput
      label={t("builder.ref")}
      description={t("ownRef.hint")}
      ref={field}
      value={value}
      error={error}
      autoComplete="off"
      onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
    />
  );
}
