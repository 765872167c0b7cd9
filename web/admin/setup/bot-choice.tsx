import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useBots } from "../layout/resource.ts";

/** Which bot: not asked where there is but one. `all`: also "all of them". */
export function BotChoice({
  value,
  onChange,
  all = false,
  error,
}: {
  readonly value: number | undefined;
  readonly onChange: (botId: number | undefined) => void;
  readonly all?: boolean;
  readonly error?: string | undefined;
}) {
  const { t } = useTranslation();
  const bots = useBots().items ?? [];
  if (bots.length < 2 && error === undefined) return null;
  return (
    <Select
      label={t("list.bot")}
      {...(all ? { maw: 300 } : {})}
      data={[
        ...(all ? [{ value: "", label: t("list.allBots") }] : []),
        ...bots.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
      value={value === undefined ? "" : String(value)}
      error={error}
      allowDeselect={false}
      onChange={(next) => onChange(next === null || next === "" ? undefined : Number(next))}
    />
  );
}

/** The bot that a form begins with: the one that was chosen, else the first. */
export function useChosenBot(chosen: number | undefined): number | undefined {
  const bots = useBots().items;
  return chosen ?? bots?.[0]?.id;
}

/** What bots are called, by id. */
export function useBotNames(): ReadonlyMap<number, string> {
  return new Map((useBots().items ?? []).map(({ id, name }) => [id, name]));
}
