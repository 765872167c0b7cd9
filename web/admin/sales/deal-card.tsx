import { ActionIcon, Anchor, Group, Menu, Paper, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { DragEvent } from "react";
import { useTranslation } from "react-i18next";
import type { DealBody, SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import { useMembers } from "../inbox/use-members.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { showMoney } from "./money.ts";

/** One deal. It is dragged to another status, or moved there by its menu. */
export function DealCard({
  deal,
  status,
  statuses,
  isMoving,
  mayChange,
  onDragStart,
  onMove,
  onEdit,
}: {
  readonly deal: DealBody;
  /** Where it is shown. */
  readonly status: string;
  readonly statuses: SalesPlanBody["statuses"];
  readonly isMoving: boolean;
  readonly mayChange: boolean;
  readonly onDragStart: (event: DragEvent) => void;
  readonly onMove: (status: string) => void;
  readonly onEdit: () => void;
}) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const { members } = useMembers();
  const contact = deal.contactName ?? t("contact.number", { id: deal.contactId });
  const title = deal.title === "" ? contact : deal.title;
  const manager = members.find(({ id }) => id === deal.manager)?.name;
  return (
    <Paper
      component="article"
      aria-label={title}
      withBorder
      p="sm"
      radius="md"
      className="deal-card"
      draggable={mayChange}
      data-moving={isMoving}
      onDragStart={onDragStart}
    >
      <Stack gap={4}>
        <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
          {mayChange ? (
            <Text component="button" type="button" size="sm" fw={600} className="deal-title" onClick={onEdit}>
              {title}
            </Text>
          ) : (
            <Text size="sm" fw={600} className="breakable">
              {title}
            </Text>
          )}
          {mayChange ? <CardMenu {...{ deal, title, status, statuses, onMove, onEdit }} /> : null}
        </Group>
        <Anchor component={Link} to={`/w/${domain}/contacts/${deal.contactId}`} size="xs" className="cut">
          {contact}
        </Anchor>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" fw={500}>
            {showMoney(deal.sum, deal.currency)}
          </Text>
          <Text size="xs" c="dimmed" component="div">
            <Moment at={deal.createdAt} />
          </Text>
        </Group>
        <Text size="xs" c="dimmed" className="cut">
          {manager ?? t("inbox.nobody")}
        </Text>
      </Stack>
    </Paper>
  );
}

function CardMenu({
  deal,
  title,
  status,
  statuses,
  onMove,
  onEdit,
}: {
  readonly deal: DealBody;
  readonly title: string;
  readonly status: string;
  readonly statuses: SalesPlanBody["statuses"];
  readonly onMove: (status: string) => void;
  readonly onEdit: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.send("DELETE", `/deals/${deal.id}`),
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "deals"] }),
  });
  return (
    <>
      {remove.error === null ? null : <ErrorNotice error={remove.error} />}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            loading={remove.isPending}
            aria-label={t("sales.menu", { deal: title })}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("sales.moveTo")}</Menu.Label>
          {statuses
            .filter(({ ref }) => ref !== status)
            .map(({ ref, name }) => (
              <Menu.Item key={ref} leftSection={<IconArrowRight size={14} />} onClick={() => onMove(ref)}>
                {name}
              </Menu.Item>
            ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPencil size={14} />} onClick={onEdit}>
            {t("sales.edit")}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={14} />} color="red" onClick={() => remove.mutate()}>
            {t("action.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
