import { List, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument, Trigger } from "../../../src/model/flow.ts";
import { compareFlows } from "../../../src/steps/compare-flows.ts";
import { useCatalogue } from "./catalogue.ts";
import { useSayTrigger } from "./use-starts.ts";
import { useThingNames } from "./use-thing-names.ts";

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** What changed from one document to another, in words. */
export function DifferenceList({ before, after }: { readonly before: FlowDocument; readonly after: FlowDocument }) {
  const { t } = useTranslation();
  const names = useThingNames(after, before);
  const catalogue = useCatalogue(names);
  const sayTrigger = useSayTrigger(names);
  const changes = useMemo(() => {
    const words = {
      ...catalogue,
      // After a colon.
      trigger: (trigger: Trigger) => lowerFirst(sayTrigger(trigger)),
      setting: (owner: string, key: string) => catalogue.label(owner, key).toLowerCase(),
    };
    return compareFlows(before, after, words);
  }, [before, after, catalogue, sayTrigger]);
  if (changes.length === 0) return <Text size="sm">{t("versions.same")}</Text>;
  return (
    <List size="sm" spacing={4} className="breakable" aria-label={t("versions.difference")}>
      {changes.map((change) => {
        const words =
          change.kind === "setting_of_flow"
            ? t(`versions.flow.${change.setting}`, { from: change.from, to: change.to })
            : t(`versions.change.${change.kind}`, { ...change });
        return <List.Item key={words}>{words}</List.Item>;
      })}
    </List>
  );
}
