import { Group, NumberInput, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toDecimalText } from "../../../src/engine/money.ts";
import type { VariantBody } from "../../../src/http/contract/products.ts";
import { useBasis } from "../layout/basis.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { currentLanguage } from "../words/words.ts";
import { showMoney } from "./money.ts";
import { parsePrice } from "./price.ts";

/** Makes a form in which a product is sold, or changes one. */
export function EditVariant({
  productId,
  variant,
  onClose,
}: {
  readonly productId: number;
  readonly variant: VariantBody | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(variant?.name ?? "");
  const [sku, setSku] = useState(variant?.sku ?? "");
  const [currency, setCurrency] = useState(variant?.currency ?? (currentLanguage() === "ru" ? "RUB" : "EUR"));
  const [price, setPrice] = useState(variant?.priceText ?? "");
  const [before, setBefore] = useState(
    variant === undefined || variant.comparePrice === null ? "" : toDecimalText(variant.comparePrice, variant.currency),
  );
  const [stock, setStock] = useState<number | null>(variant?.stock ?? null);
  const [active, setActive] = useState(variant?.active ?? true);
  const [badPrices, setBadPrices] = useState<Readonly<Record<string, string>>>({});
  const sayPrice = (minor: unknown) => showMoney(Number(minor), variant?.currency ?? currency);
  const basis = useBasis(
    `/variants/${variant?.id}`,
    variant,
    ["name", "sku", "currency", "price", "comparePrice", "stock", "active"],
    {
      words: {
        price: { say: sayPrice },
        comparePrice: { title: t("products.before"), say: sayPrice },
        active: { title: t("products.active") },
      },
    },
  );
  const form = useForm(
    ["name", "sku", "currency", "price", "comparePrice", "stock"],
    async () => {
      const amount = parsePrice(price, currency);
      const compare = before.trim() === "" ? null : parsePrice(before, currency);
      const bad = t("products.badPrice");
      setBadPrices({
        ...(amount === undefined ? { price: bad } : {}),
        ...(compare === undefined ? { compare: bad } : {}),
      });
      if (amount === undefined || compare === undefined) return;
      const texts = { name: name.trim(), sku: sku.trim() === "" ? null : sku };
      const body = { ...texts, currency, price: amount, comparePrice: compare, stock, active };
      await (variant === undefined
        ? api.send("POST", `/products/${productId}/variants`, body)
        : api.send("PATCH", `/variants/${variant.id}`, body));
      await renew("/products");
      onClose();
    },
    { "variant.sku_taken": "sku" },
    basis,
  );
  return (
    <Dialog
      title={variant === undefined ? t("products.addVariant") : t("list.edit", { name: variant.name })}
      onClose={onClose}
    >
      <DialogForm form={form} submit={t(variant === undefined ? "action.create" : "action.save")}>
        <TextInput
          label={t("list.name")}
          description={t("products.variantHint")}
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput
          label={t("products.sku")}
          description={t("products.skuHint")}
          value={sku}
          error={form.fieldErrors.sku}
          onChange={({ currentTarget }) => setSku(currentTarget.value)}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t("products.price")}
            required
            inputMode="decimal"
            value={price}
            error={badPrices.price ?? form.fieldErrors.price}
            onChange={({ currentTarget }) => setPrice(currentTarget.value)}
          />
          <TextInput
            label={t("products.currency")}
            required
            maxLength={3}
            value={currency}
            error={form.fieldErrors.currency}
            onChange={({ currentTarget }) => setCurrency(currentTarget.value.toUpperCase())}
          />
        </Group>
        <TextInput
          label={t("products.before")}
          inputMode="decimal"
          value={before}
          error={badPrices.compare ?? form.fieldErrors.comparePrice}
          onChange={({ currentTarget }) => setBefore(currentTarget.value)}
        />
        <NumberInput
          label={t("products.stock")}
          description={t("products.stockHint")}
          min={0}
          allowDecimal={false}
          value={stock ?? ""}
          error={form.fieldErrors.stock}
          onChange={(next) => setStock(typeof next === "number" ? next : null)}
        />
        <Switch
          label={t("products.active")}
          checked={active}
          onChange={({ currentTarget }) => setActive(currentTarget.checked)}
        />
      </DialogForm>
    </Dialog>
  );
}
