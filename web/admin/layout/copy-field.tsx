import { ActionIcon, CopyButton, Group, Input, Text, Textarea, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ReachNotice } from "./reach-notice.tsx";

function CopyIcon({ what, value }: { readonly what: string; readonly value: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => {
        const label = t(copied ? "action.copied" : "action.copy");
        return (
          <Tooltip label={label}>
            <ActionIcon
              variant="subtle"
              color={copied ? "teal" : "gray"}
              aria-label={`${label}: ${what}`}
              onClick={copy}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        );
      }}
    </CopyButton>
  );
}

/** Something long to be taken elsewhere: an address, a piece of code, a secret. */
export function CopyField({
  label,
  description,
  value,
  maxRows = 6,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  /** More are scrolled. */
  readonly maxRows?: number;
}) {
  const id = useId();
  return (
    <Input.Wrapper id={id} label={label} description={description}>
      <Group gap={4} wrap="nowrap" align="flex-start" mt={4}>
        <Textarea
          id={id}
          flex={1}
          readOnly
          autosize
          minRows={1}
          maxRows={maxRows}
          value={value}
          onFocus={({ currentTarget }) => currentTarget.select()}
          styles={{
            input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13, overflowWrap: "anywhere" },
          }}
        />
        <CopyIcon what={label} value={value} />
      </Group>
      <ReachNotice text={value} />
    </Input.Wrapper>
  );
}

/** Something short in a table: a ref, a key. */
export function CopyText({ what, value }: { readonly what: string; readonly value: string }) {
  return (
    <Group gap={2} wrap="nowrap">
      <Text span size="sm" ff="monospace" className="cut">
        {value}
      </Text>
      <CopyIcon what={what} value={value} />
    </Group>
  );
}
