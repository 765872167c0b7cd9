import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { usePlaceNames } from "../contacts/use-fact-names.ts";
import { type Position, usePositions } from "./use-positions.ts";

/** Beside the reply, what the contact's next text is for: whoever answers leaves that question. Nothing where the bot asks nothing. */
export function BotWaits({ contactId }: { readonly contactId: number }) {
  const listener = usePositions(contactId)?.find(({ takesNextText }) => takesNextText);
  return listener === undefined ? null : <Question {...listener} />;
}

function Question({ flow, step }: Pick<Position, "flow" | "step">) {
  const { t } = useTranslation();
  const names = usePlaceNames([flow]);
  return (
    <Text size="xs" c="dimmed" px="sm" pb={4} className="cut" title={t("inbox.botWaitsWhy")}>
      {t("inbox.botWaits", { step: names.step(flow, step), flow: names.flow(flow) })}
    </Text>
  );
}
