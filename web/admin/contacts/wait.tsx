import { Badge } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { positionSchema } from "../../../src/http/contract/contacts.ts";
import { Moment } from "../layout/moment.tsx";

type Position = z.infer<typeof positionSchema>;

/** What a contact waits for at a step, or that it has left the question there. */
export function describeWait(t: TFunction, { waitsFor, isLeft }: Pick<Position, "waitsFor" | "isLeft">): string {
  if (isLeft) return t("contactCard.left");
  const words: Readonly<Record<string, string>> = t("contactCard.wait", { returnObjects: true });
  return t("contact.waits", { what: words[waitsFor] ?? waitsFor });
}

/** What comes by itself, and when: the way on of whoever did not answer in time, the end of a delay. */
export function GoesOn({
  position: { waitsFor, wakeAt },
}: {
  readonly position: Pick<Position, "waitsFor" | "wakeAt">;
}) {
  const { t } = useTranslation();
  if (wakeAt === null) return null;
  const word = waitsFor === "time" ? "contactCard.goesOnByTime" : "contactCard.goesOn";
  return (
    <>
      {" · "}
      {/* A paused bot is late. */}
      {t(Date.parse(wakeAt) < Date.now() ? "contactCard.wasToGoOn" : word)} <Moment at={wakeAt} />
    </>
  );
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
