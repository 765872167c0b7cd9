import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { decodeEntryPayload } from "../../../src/engine/entry-payload.ts";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { EntryLinkSummaryBody } from "../../../src/http/contract/entry-links.ts";
import { Moment } from "../layout/moment.tsx";
import { useList } from "../layout/resource.ts";
import { saysOfPerson } from "./say-payload.ts";

/** A payload that is no word tells nobody more by its end. */
const shorten = (payload: string) => (payload.length > 30 ? `${payload.slice(0, 30)}…` : payload);

/** The link by which somebody came, by its name, and what it brought along. */
export function CameBy({ entry: { link, payload, at } }: { readonly entry: NonNullable<ContactBody["entry"]> }) {
  const { t } = useTranslation();
  const links = useList<EntryLinkSummaryBody>("/entry-links").items;
  const decoded = decodeEntryPayload(payload);
  const brought = saysOfPerson(t, payload);
  const name = link === null ? undefined : (links?.find(({ ref }) => ref === link)?.name ?? link);
  const plain = "plain" in decoded && payload !== link && payload !== "" ? [shorten(payload)] : [];
  return (
    <>
      <Text size="sm" className="breakable">
        {[name, ...plain].filter((part) => part !== undefined).join(" · ") || t("inbox.link")} · <Moment at={at} />
      </Text>
      {brought.map((line) => (
        <Text key={line} size="xs" c="dimmed" className="breakable">
          {line}
        </Text>
      ))}
    </>
  );
}
