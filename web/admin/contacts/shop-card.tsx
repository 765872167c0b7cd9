import { Badge, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CartBody, OrderBody } from "../../../src/http/contract/orders.ts";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";

/** What the contact has bought, and what is in the cart. Absent where there is neither. */
export function ShopCard({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const cart = useQuery({
    queryKey: [api.domain, "contact", id, "cart"],
    queryFn: ({ signal }) => api.get<CartBody>(`/contacts/${id}/cart`, {}, signal),
  });
  const orders = useQuery({
    queryKey: [api.domain, "contact", id, "orders"],
    queryFn: ({ signal }) => api.get<{ data: OrderBody[] }>("/orders", { contact: id, limit: 20 }, signal),
  });
  const bought = orders.data?.data ?? [];
  const inCart = cart.data?.items ?? [];
  if (bought.length === 0 && inCart.length === 0) return null;
  return (
    <Section title={t("contactCard.shop")}>
      {inCart.length === 0 ? null : (
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            {t("contactCard.cart", { total: `${cart.data?.totalText} ${cart.data?.currency}` })}
          </Text>
          <Lines items={inCart} />
        </Stack>
      )}
      {bought.map((order) => (
        <Stack key={order.id} gap={2}>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {t("contactCard.order", { id: order.id, total: `${order.totalText} ${order.currency}` })}
            </Text>
            <Badge variant="light" tt="none">
              {order.status}
            </Badge>
            <Text size="xs" c="dimmed">
              <Moment at={order.createdAt} />
            </Text>
          </Group>
          <Lines items={order.items} />
        </Stack>
      ))}
    </Section>
  );
}

function Lines({ items }: { readonly items: CartBody["items"] }) {
  return items.map(({ variant, name, quantity }) => (
    <Text key={variant} size="sm" c="dimmed" className="breakable">
      {quantity} × {name}
    </Text>
  ));
}
