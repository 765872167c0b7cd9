import { Badge } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { positionSchema } from "../../../src/http/contract/contacts.ts";

type Position = z.infer<typeof positionSchema>;

/** What a contact waits for at a step, or that it has left the question there. */
export function describeWait(t: TFunction, { waitsFor, isLeft }: Pick<Position, "waitsFor" | "isLeft">): string {
  if (isLeft) return t("contactCard.left");
  const words: Readonly<Record<string, string>> = t("contactCard.wait", { returnObjects: true });
  return t("contact.waits", { what: words[waitsFor] ?? waitsFor });
}

/** On the question that the contact's next text is for. */
export function NextAnswer({ takesNextText }: Pick<Position, "takesNextText">) {
  const { t } = useTranslation();
  if (!takesNextText) return null;
  return (
    <Badge variant="light" tt="none" title={t("contactCard.takesNextTextWhy")}>
      {t("contactCard.takesNextText")}
    </Badge>
  );
}
