import { Anchor, Button, Select, Stack, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SequenceDetailBody, SubscriberBody } from "../../../src/http/contract/sequences.ts";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, useApi } from "../layout/page.tsx";
import { usePages } from "../layout/resource.ts";

/** Where nobody is: how people come in. */
function HowToGetIn() {
  const { t } = useTranslation();
  const { domain } = useApi();
  return (
    <EmptyState
      title={t("sequences.noSubscribers.title")}
      text={t("sequences.noSubscribers.text")}
      action={
        <Button variant="default" component={Link} to={`/w/${domain}/contacts`}>
          {t("sequences.noSubscribers.choose")}
        </Button>
      }
    />
  );
}

/** Who is inside, where they stand, and when they hear next. */
export function Subscribers({ sequence }: { readonly sequence: SequenceDetailBody }) {
  const { t } = useTranslation();
  const { domain } = useApi();
  const [step, setStep] = useState("");
  const query = step === "" ? {} : { step };
  const subscribers = usePages<SubscriberBody>(`/sequences/${sequence.ref}/subscribers`, query, { every: 5_000 });
  const titles = new Map(
    sequence.steps.map(({ ref, name }, index) => [
      ref,
      name === undefined || name === "" ? t("sequences.step", { number: index + 1 }) : `${index + 1}. ${name}`,
    ]),
  );
  return (
    <Stack gap="sm">
      <Select
        label={t("sequences.waitsFor")}
        maw={360}
        allowDeselect={false}
        data={[{ value: "", label: t("list.all") }, ...Array.from(titles, ([value, label]) => ({ value, label }))]}
        value={step}
        onChange={(next) => setStep(next ?? "")}
      />
      <Listing list={subscribers} empty={step === "" ? <HowToGetIn /> : <Text size="sm">{t("sequences.nobody")}</Text>}>
        {(items) => (
          <ListTable
            head={[t("list.contacts"), t("sequences.waitsFor"), t("sequences.dueAt"), t("sequences.since")]}
            minWidth={520}
          >
            {items.map((one) => (
              <Table.Tr key={one.contactId}>
                <Table.Td maw={220} className="cut">
                  <Anchor component={Link} to={`/w/${domain}/contacts/${one.contactId}`} size="sm">
                    {one.name ?? one.contactId}
                  </Anchor>
                </Table.Td>
                <Table.Td>{one.step === null ? t("sequences.noStep") : (titles.get(one.step) ?? one.step)}</Table.Td>
                <Table.Td>{one.dueAt === null ? "–" : <Moment at={one.dueAt} />}</Table.Td>
                <Table.Td>
                  <Moment at={one.subscribedAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
    </Stack>
  );
}
