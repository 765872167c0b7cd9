import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChangedMeanwhile } from "./basis.ts";

/** Somebody else saved first: what they changed, and the choice of whose is to stay. */
export function ChangedNotice({ changed }: { readonly changed: ChangedMeanwhile }) {
  const { t } = useTranslation();
  const say = (value: unknown) => {
    if (value === null || value === "") return "—";
    if (typeof value === "boolean") return t(value ? "changedMeanwhile.yes" : "changedMeanwhile.no");
    return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 300);
  };
  const titles: Readonly<Record<string, string>> = t("changedMeanwhile.of", { returnObjects: true });
  const titleOf = (key: string) => (Object.hasOwn(titles, key) ? titles[key] : undefined) ?? key;
  return (
    <Alert color="yellow" title={t("changedMeanwhile.title")} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t("changedMeanwhile.text")}</Text>
        <Stack component="ul" gap={4} m={0} pl="md">
          {changed.changes.map(({ key, before, after }) => (
            <Text component="li" size="sm" key={key} className="breakable">
              {t("changedMeanwhile.change", { what: titleOf(key), before: say(before), after: say(after) })}
            </Text>
          ))}
        </Stack>
        <Group gap="sm">
          <Button size="xs" onClick={changed.overwrite}>
            {t("changedMeanwhile.mine")}
          </Button>
          <Button size="xs" variant="default" onClick={() => location.reload()}>
            {t("changedMeanwhile.theirs")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
