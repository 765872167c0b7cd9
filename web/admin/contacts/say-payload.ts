import type { TFunction } from "i18next";
import { decodeEntryPayload } from "../../../src/engine/entry-payload.ts";

/** What data in a link says of the person, a line for each part; none: the payload is a key, or says nothing that people know. */
export function saysOfPerson(t: TFunction, payload: string): readonly string[] {
  const decoded = decodeEntryPayload(payload);
  const { email, phone, externalId, variables = {} } = "data" in decoded ? decoded.data : {};
  return [
    [t("field.email"), email],
    [t("field.phone"), phone],
    [t("field.externalId"), externalId],
    ...Object.entries(variables),
  ].flatMap(([name, value]) => (value === undefined ? [] : `${String(name)}: ${String(value)}`));
}

/** What stands in a link, in words: the data that it carries, or its key as it is. */
export function sayPayload(t: TFunction, payload: string): string {
  const said = saysOfPerson(t, payload);
  return said.length === 0 ? payload : said.join(", ");
}
