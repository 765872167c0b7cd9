import { Anchor, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { BroadcastBody, reasonSchema, recipientSchema } from "../../../src/http/contract/broadcasts.ts";
import { recipientStatuses } from "../../../src/model/broadcast.ts";
import { nameOf } from "../contacts/name-of.ts";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { toNumber } from "../layout/number.ts";
import { useList, usePages } from "../layout/resource.ts";
import { describeReason } from "./describe-reason.ts";

type Recipient = z.infer<typeof recipientSchema>;

interface Asked {
  readonly broadcast: BroadcastBody;
  /** So many milliseconds until it is asked for again. */
  readonly every: number;
}

/** Why some did not get it, and how many. */
export function Reasons({ broadcast, every }: Asked) {
  const { t } = useTranslation();
  const { id, recipients } = broadcast;
  const reasons = useList<z.infer<typeof reasonSchema>>(`/broadcasts/${id}/reasons`, {}, { every }).items ?? [];
  if (recipients.failed + recipients.skipped === 0 || reasons.length === 0) return null;
  return (
    <Stack gap={2} component="ul" m={0} pl="lg" aria-label={t("broadcasts.reasons")}>
      {reasons.map(({ status, reason, count }) => (
        <Text key={`${status} ${reason}`} component="li" size="sm" className="breakable">
          {t(`broadcasts.recipient.${status}`)}: {describeReason(t, reason)} — {toNumber(count)}
        </Text>
      ))}
    </Stack>
  );
}

/** What became of each recipient. */
export function BroadcastLedger({ broadcast, every }: Asked) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const [status, setStatus] = useState("");
  const recipients = usePages<Recipient>(`/broadcasts/${broadcast.id}/recipients`, { status }, { every });
  const { split } = broadcast;
  const nameOfVersion = (variant: number | null) =>
    variant === null ? "" : (split?.variants[variant - 1]?.name ?? "");
  const head = [
    t("list.contacts"),
    t("list.state"),
    ...(split === null ? [] : [t("broadcasts.split.which")]),
    t("broadcasts.reason"),
    t("log.when"),
  ];
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t("list.state")}
        data={[
          { value: "", label: t("list.all") },
          ...recipientStatuses.map((one) => ({
            value: one,
            label: `${t(`broadcasts.recipient.${one}`)}: ${toNumber(broadcast.recipients[one])}`,
          })),
        ]}
        value={status}
        onChange={setStatus}
        style={{ flexWrap: "wrap" }}
      />
      <Listing list={recipients} empty={<Text size="sm">{t("broadcasts.nobody")}</Text>}>
        {(items) => (
          <ListTable head={head} minWidth={480}>
            {items.map((recipient) => (
              <Table.Tr key={recipient.contactId}>
                <Table.Td>
                  <Anchor size="sm" component={Link} to={`/w/${domain}/contacts/${recipient.contactId}`}>
                    {nameOf(t, { id: recipient.contactId, name: recipient.name })}
                  </Anchor>
                </Table.Td>
                <Table.Td>{t(`broadcasts.recipient.${recipient.status}`)}</Table.Td>
                {split === null ? null : <Table.Td>{nameOfVersion(recipient.variant)}</Table.Td>}
                <Table.Td className="breakable">
                  {recipient.reason === null ? "" : describeReason(t, recipient.reason)}
                </Table.Td>
                <Table.Td>
                  <Moment at={recipient.at ?? whenLater(recipient.dueAt)} />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
    </Stack>
  );
}

/** A turn that has come says nothing of when they get it. */
const whenLater = (at: string | null) => (at !== null && Date.parse(at) > Date.now() ? at : null);
