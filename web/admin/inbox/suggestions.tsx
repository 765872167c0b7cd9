import { Paper, Text, UnstyledButton } from "@mantine/core";

export interface Suggestion {
  readonly key: string;
  readonly title: string;
  readonly text?: string | undefined;
  choose(): void;
}

/** What fits to what is being typed; the keys are the text box's, which keeps the focus. */
export function Suggestions({
  list,
  chosen,
  label,
}: {
  readonly list: readonly Suggestion[];
  readonly chosen: number;
  readonly label: string;
}) {
  if (list.length === 0) return null;
  return (
    <Paper withBorder shadow="sm" role="listbox" aria-label={label} mah={220} style={{ overflowY: "auto" }}>
      {list.map(({ key, title, text, choose }, index) => (
        <UnstyledButton
          key={key}
          role="option"
          aria-selected={index === chosen}
          className="inbox-row"
          data-chosen={index === chosen}
          w="100%"
          tabIndex={-1}
          // Before the text box loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            choose();
          }}
        >
          <Text size="sm" fw={600} span>
            {title}
          </Text>{" "}
          <Text size="xs" c="dimmed" span>
            {text}
          </Text>
        </UnstyledButton>
      ))}
    </Paper>
  );
}
