import { MultiSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Monday 1 to Sunday 7, named as the page's language does. */
export function WeekdaysInput({
  values,
  onChange,
  ...look
}: {
  readonly values: readonly number[];
  readonly onChange: (values: readonly number[]) => void;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  readonly "aria-label"?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly size?: string;
}) {
  const { i18n } = useTranslation();
  const { format } = new Intl.DateTimeFormat(i18n.language, { weekday: "long", timeZone: "UTC" });
  // 1 January 2024 was a Monday.
  const days = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: format(Date.UTC(2024, 0, day)) }));
  return (
    <MultiSelect
      {...look}
      data={days}
      value={values.map(String).filter((value) => days.some((day) => day.value === value))}
      onChange={(next) => onChange(next.map(Number).sort((a, b) => a - b))}
    />
  );
}
