import { Fieldset, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { EntryWish } from "../../../src/engine/entry-wish.ts";
import { type DataDraft, emptyData, toEntryData } from "./entry-data.ts";
import { EntryDataFields } from "./entry-data-fields.tsx";
import { PayloadMeter } from "./payload-meter.tsx";

/** What stands in a link, for one person. */
export interface Carried {
  readonly kind: "nothing" | "key" | "data";
  readonly key: string;
  readonly data: DataDraft;
}

export const carriesNothing: Carried = { kind: "nothing", key: "", data: emptyData };

export function toCarried({ kind, key, data }: Carried): Pick<EntryWish, "key" | "data"> {
  return {
    key: kind === "key" && key !== "" ? key : undefined,
    data: kind === "data" ? toEntryData(data) : undefined,
  };
}

/** For links that are each made for one person: nothing, a key, or data; how long it may be is shown once there is something. */
export function PersonFields({
  value,
  onChange,
  keyError,
  meter,
}: {
  readonly value: Carried;
  readonly onChange: (carried: Carried) => void;
  readonly keyError: string | undefined;
  readonly meter: Parameters<typeof PayloadMeter>[0];
}) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("entryLinks.inLink")} p="sm">
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          {t("entryLinks.inLinkHint")}
        </Text>
        <SegmentedControl
          aria-label={t("entryLinks.inLink")}
          data={(["nothing", "key", "data"] as const).map((one) => ({
            value: one,
            label: t(`entryLinks.carries.${one}`),
          }))}
          value={value.kind}
          onChange={(next) => onChange({ ...value, kind: next as Carried["kind"] })}
        />
        {value.kind === "key" ? (
          <TextInput
            label={t("entryLinks.key")}
            description={t("entryLinks.keyHint")}
            value={value.key}
            error={keyError}
            onChange={({ currentTarget }) => onChange({ ...value, key: currentTarget.value })}
          />
        ) : null}
        {value.kind === "data" ? (
          <EntryDataFields value={value.data} onChange={(data) => onChange({ ...value, data })} />
        ) : null}
        {value.kind === "nothing" ? null : <PayloadMeter {...meter} />}
      </Stack>
    </Fieldset>
  );
}
