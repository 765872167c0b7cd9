import { Anchor, Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { DealBody } from "../../../src/http/contract/sales-plans.ts";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { showMoney } from "./money.ts";
import { usePlans } from "./use-plans.ts";

/** The deals of one contact, on its page. */
export function ContactDeals({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const api = useApi();
  const plans = usePlans().data?.data ?? [];
  const { data, error } = useQuery({
    queryKey: [api.domain, "contact", id, "deals"],
    queryFn: ({ signal }) => api.get<{ data: DealBody[] }>("/deals", { contact: id, limit: 100 }, signal),
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} />;
  if (data === undefined) return <Skeleton h={80} />;
  return (
    <Section title={t("sales.deals")}>
      {data.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("sales.noDeals")}
        </Text>
      ) : null}
      {data.data.map((deal) => {
        const plan = plans.find(({ ref }) => ref === deal.plan);
        const status = plan?.statuses.find(({ ref }) => ref === deal.status);
        return (
          <Group key={deal.id} justify="space-between" wrap="nowrap" align="flex-start">
            <Stack gap={0} miw={0}>
              <Anchor component={Link} to={`/w/${domain}/sales/${deal.plan}`} size="sm" fw={600} className="cut">
                {deal.title === "" ? (plan?.name ?? deal.plan) : deal.title}
              </Anchor>
              <Text size="sm" c="dimmed" component="div">
                {plan?.name} · {showMoney(deal.sum, deal.currency)} · <Moment at={deal.createdAt} />
              </Text>
            </Stack>
            <Badge
              variant="light"
              tt="none"
              color={status?.kind === "won" ? "teal" : status?.kind === "lost" ? "red" : "gray"}
            >
              {status?.name ?? deal.status}
            </Badge>
          </Group>
        );
      })}
    </Section>
  );
}
