import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ContactSequenceBody } from "../../../src/http/contract/sequences.ts";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";

/** Where the contact stands in its sequences; nothing where it is and was in none. */
export function SequencesCard({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "contact", id, "sequences"],
    queryFn: ({ signal }) => api.get<{ data: ContactSequenceBody[] }>(`/contacts/${id}/sequences`, {}, signal),
    refetchInterval: 5_000,
  });
  if (data === undefined || data.data.length === 0) return null;
  return (
    <Section title={t("contactList.sequences")}>
      {data.data.map((one) => (
        <Stack key={one.sequence} gap={0}>
          <Anchor component={Link} to={`/w/${api.domain}/sequences/${one.sequence}`} size="sm" fw={600}>
            {one.name}
          </Anchor>
          <Group gap={4}>
            <Text size="sm" c="dimmed">
              {describe(t, one)}
            </Text>
            {one.dueAt === null && one.at === null ? null : (
              <Text size="sm" c="dimmed" component="span">
                <Moment at={one.dueAt ?? one.at ?? ""} />
              </Text>
            )}
          </Group>
        </Stack>
      ))}
    </Section>
  );
}

function describe(t: TFunction, one: ContactSequenceBody): string {
  if (one.state !== "subscribed") return t(`sequences.state.${one.state}`);
  if (one.place === null) return t("sequences.noStep");
  const name = one.stepName === null || one.stepName === "" ? "" : ` “${one.stepName}”`;
  return t("sequences.standsAt", { place: one.place, count: one.stepCount, name });
}
