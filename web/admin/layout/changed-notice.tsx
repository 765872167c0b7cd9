import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChangedMeanwhile, ChangeWords, OthersChange } from "./basis.ts";
import { sayChange } from "./say-change.ts";

/** Somebody else saved first: what they changed, and the choice of whose is to stay. */
export function ChangedNotice({ changed }: { readonly changed: ChangedMeanwhile }) {
  const { t } = useTranslation();
  const { words, notice = {}, takeTheirs = () => location.reload() } = changed.telling;
  return (
    <Alert color="yellow" title={notice.title ?? t("changedMeanwhile.title")} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{notice.text ?? t("changedMeanwhile.text")}</Text>
        <OthersChanges changes={changed.changes} words={words} />
        <Group gap="sm">
          <Button size="xs" onClick={changed.overwrite}>
            {notice.mine ?? t("changedMeanwhile.mine")}
          </Button>
          <Button size="xs" variant="default" onClick={takeTheirs}>
            {notice.theirs ?? t("changedMeanwhile.theirs")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** What somebody else changed, a line for each setting: from what to what. */
export function OthersChanges({
  changes,
  words = {},
}: {
  readonly changes: readonly OthersChange[];
  readonly words?: ChangeWords | undefined;
}) {
  const { t } = useTranslation();
  const yesNo = { yes: t("changedMeanwhile.yes"), no: t("changedMeanwhile.no") };
  const titles: Readonly<Record<string, string>> = t("changedMeanwhile.of", { returnObjects: true });
  const own = (key: string) => (Object.hasOwn(words, key) ? words[key] : undefined);
  const titleOf = (key: string) => own(key)?.title ?? (Object.hasOwn(titles, key) ? titles[key] : undefined) ?? key;
  const sides = ({ key, before, after }: OthersChange) => {
    const say = (value: unknown) => (value === null ? null : (own(key)?.say?.(value) ?? value));
    return sayChange(say(before), say(after), yesNo);
  };
  return (
    <Stack component="ul" gap={4} m={0} pl="md">
      {changes.map((change) => (
        <Text component="li" size="sm" key={change.key} className="breakable">
          {t("changedMeanwhile.change", { what: titleOf(change.key), ...sides(change) })}
        </Text>
      ))}
    </Stack>
  );
}
