import { TextInput } from "@mantine/core";

/** Where a code is typed: browsers and password managers fill it in. */
export function CodeInput({
  onChange,
  ...props
}: {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly autoFocus?: boolean;
  readonly onChange: (code: string) => void;
}) {
  return (
    <TextInput
      {...props}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={40}
      required
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
