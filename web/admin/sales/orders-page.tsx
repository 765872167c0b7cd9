import { Anchor, Button, MultiSelect, Select, Stack, Table, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OrderBody } from "../../../src/http/contract/orders.ts";
import { orderDetailKeys, orderStatuses } from "../../../src/model/shop.ts";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { usePages, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";

/** What contacts bought, and how far each order is. */
export function OrdersPage() {
  const { t } = useTranslation();
  const [status, setStatus] = useState<string[]>([]);
  const orders = usePages<OrderBody>("/orders", { status }, { every: 15_000 });
  return (
    <Page title={t("menu.orders")}>
      <MultiSelect
        maw={420}
        aria-label={t("list.state")}
        placeholder={status.length === 0 ? t("orders.anyStatus") : ""}
        clearable
        data={orderStatuses.map((one) => ({ value: one, label: t(`orderStatus.${one}`) }))}
        value={status}
        onChange={setStatus}
      />
      <Listing
        list={orders}
        empty={
          status.length === 0 ? (
            <EmptyState title={t("orders.empty.title")} text={t("orders.empty.text")} />
          ) : (
            <Text size="sm">{t("list.noMatch")}</Text>
          )
        }
      >
        {(items) => <Orders orders={items} />}
      </Listing>
    </Page>
  );
}

function Orders({ orders }: { readonly orders: readonly OrderBody[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const { domain } = useParams({ from: "/w/$domain" });
  const [shown, setShown] = useState<OrderBody | null>(null);
  const change = useMutation({
    mutationFn: ({ id, status }: { readonly id: number; readonly status: string }) =>
      api.send("PATCH", `/orders/${id}`, { status }),
    onSettled: () => renew("/orders"),
  });
  return (
    <Stack>
      {change.error === null ? null : <ErrorNotice error={change.error} />}
      <ListTable
        head={[t("orders.order"), t("list.contacts"), t("orders.total"), t("list.state"), t("list.created")]}
        minWidth={680}
      >
        {orders.map((order) => (
          <Table.Tr key={order.id}>
            <Table.Td>
              <Button size="compact-sm" variant="subtle" onClick={() => setShown(order)}>
                {t("orders.number", { id: order.id })}
              </Button>
            </Table.Td>
            <Table.Td>
              <Anchor size="sm" component={Link} to={`/w/${domain}/contacts/${order.contactId}`}>
                {order.name ?? t("contact.number", { id: order.contactId })}
              </Anchor>
            </Table.Td>
            <Table.Td>
              {order.totalText} {order.currency}
            </Table.Td>
            <Table.Td>
              <Select
                size="xs"
                w={150}
                aria-label={t("orders.statusOf", { id: order.id })}
                data={orderStatuses.map((one) => ({ value: one, label: t(`orderStatus.${one}`) }))}
                value={order.status}
                allowDeselect={false}
                disabled={change.isPending}
                onChange={(status) =>
                  status !== null && status !== order.status && change.mutate({ id: order.id, status })
                }
              />
            </Table.Td>
            <Table.Td>
              <Moment at={order.createdAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </ListTable>
      {shown === null ? null : <Order order={shown} onClose={() => setShown(null)} />}
    </Stack>
  );
}

function Order({ order, onClose }: { readonly order: OrderBody; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const details = orderDetailKeys.flatMap((key) => (order[key] === null ? [] : [[key, order[key]] as const]));
  return (
    <Dialog title={t("orders.number", { id: order.id })} size="lg" onClose={onClose}>
      <Stack>
        <ListTable head={[t("list.name"), t("products.sku"), t("orders.quantity")]} minWidth={320}>
          {order.items.map((item) => (
            <Table.Tr key={item.variant}>
              <Table.Td>{item.name}</Table.Td>
              <Table.Td ff="monospace">{item.sku ?? "—"}</Table.Td>
              <Table.Td>{item.quantity}</Table.Td>
            </Table.Tr>
          ))}
        </ListTable>
        <Text fw={600}>
          {t("orders.total")}: {order.totalText} {order.currency}
        </Text>
        {details.map(([key, value]) => (
          <Text key={key} size="sm" className="breakable">
            {t(`orders.detail.${key}`)}: {value}
          </Text>
        ))}
      </Stack>
    </Dialog>
  );
}
