import { Badge, Button, Group, Paper, Skeleton, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import { Dialog } from "../layout/dialog.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { PlanForm } from "./plan-form.tsx";
import { useMay, usePlans } from "./use-plans.ts";

export function PlansPage() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const navigate = useNavigate();
  const [isOpen, { open, close }] = useDisclosure(false);
  const { mayChangePlans } = useMay();
  const plans = usePlans();
  const all = plans.data?.data ?? [];
  const create = mayChangePlans ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t("sales.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("nav.sales")} actions={create}>
      {plans.error === null ? null : <ErrorNotice error={plans.error} onRetry={() => void plans.refetch()} />}
      {plans.isPending && plans.error === null ? <Skeleton h={200} /> : null}
      {plans.isSuccess && all.length === 0 ? (
        <EmptyState title={t("sales.empty.title")} text={t("sales.empty.text")} action={create} />
      ) : null}
      {all.length > 0 ? <PlanTable plans={all} /> : null}
      {isOpen ? (
        <Dialog onClose={close} size="lg" title={t("sales.create")}>
          <PlanForm onDone={({ ref }) => void navigate({ to: "/w/$domain/sales/$ref", params: { domain, ref } })} />
        </Dialog>
      ) : null}
    </Page>
  );
}

function PlanTable({ plans }: { readonly plans: readonly SalesPlanBody[] }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  return (
    <Paper withBorder radius="lg">
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("sales.name")}</Table.Th>
              <Table.Th>{t("sales.statuses")}</Table.Th>
              <Table.Th>{t("sales.distribution")}</Table.Th>
              <Table.Th>{t("sales.label")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {plans.map(({ ref, name, statuses, distribution, label }) => (
              <Table.Tr key={ref}>
                <Table.Td maw={260} className="cut">
                  <Link to="/w/$domain/sales/$ref" params={{ domain, ref }} className="row-link">
                    <Text span size="sm" fw={600}>
                      {name}
                    </Text>
                  </Link>
                </Table.Td>
                <Table.Td>
                  <Group gap={4}>
                    {statuses.slice(0, 5).map((status) => (
                      <Badge key={status.ref} variant="default" tt="none" size="sm">
                        {status.name}
                      </Badge>
                    ))}
                    {statuses.length > 5 ? <Text size="xs">+{statuses.length - 5}</Text> : null}
                  </Group>
                </Table.Td>
                <Table.Td>{t(`sales.way.${distribution}`)}</Table.Td>
                <Table.Td>{label === "" ? "—" : <Badge variant="light">{label}</Badge>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
