import { Collapse, Group, Paper, ScrollArea, Select, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconShoppingCart } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { totalOf } from "../../../src/engine/money.ts";
import { type Line, orderStatuses } from "../../../src/model/shop.ts";
import { showMoney } from "../sales/money.ts";
import type { Simulator } from "./use-simulator.ts";

/** What the contact of the play is about to buy and has bought; an order's status is changed here as the shop would. Absent where there is neither. */
export function ShopCard({ simulator }: { readonly simulator: Simulator }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(true);
  const { cart, orders } = simulator.goods;
  if (cart === null && orders.length === 0) return null;
  const inCart = cart === null ? t("simulator.shop.emptyCart") : showMoney(totalOf(cart.lines) ?? 0, cart.currency);
  return (
    <Paper
      radius={0}
      px="md"
      py={6}
      withBorder
      style={{ borderInline: 0 }}
      role="group"
      aria-label={t("contactCard.shop")}
    >
      <UnstyledButton w="100%" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Group gap={6} wrap="nowrap">
          <IconShoppingCart size={14} />
          <Text size="xs" fw={600}>
            {t("simulator.shop.summary", { cart: inCart, count: orders.length })}
          </Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <ScrollArea.Autosize mah={180} type="auto">
          <Stack gap={6} pt={4}>
            {cart === null ? null : <Lines lines={cart.lines} currency={cart.currency} />}
            {orders.toReversed().map(({ id, status, total, currency, lines }) => (
              <Stack key={id} gap={2}>
                <Group gap="xs" justify="space-between" wrap="nowrap">
                  <Text size="xs" fw={600}>
                    {t("contactCard.order", { id, total: showMoney(total, currency) })}
                  </Text>
                  <Select
                    size="xs"
                    w={140}
                    aria-label={t("orders.statusOf", { id })}
                    data={orderStatuses.map((one) => ({ value: one, label: t(`orderStatus.${one}`) }))}
                    value={status}
                    allowDeselect={false}
                    disabled={simulator.isBusy}
                    onChange={(next) => next !== null && next !== status && simulator.changeOrder(id, next)}
                  />
                </Group>
                <Lines lines={lines} currency={currency} />
              </Stack>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Collapse>
    </Paper>
  );
}

function Lines({ lines, currency }: { readonly lines: readonly Line[]; readonly currency: string }) {
  return lines.map(({ variant, quantity, name, price }) => (
    <Text key={variant} size="xs" c="dimmed" className="breakable">
      {quantity} × {name}: {showMoney(price * quantity, currency)}
    </Text>
  ));
}
