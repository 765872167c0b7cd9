import { Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProductBody } from "../../../src/http/contract/products.ts";
import { useBasis } from "../layout/basis.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";

/** Makes a product, or changes what is said of it. */
export function EditProduct({
  product,
  onClose,
}: {
  readonly product: ProductBody | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(product?.name ?? "");
  const [description, setDescription] = useState(product?.description ?? "");
  const [imageUrl, setImageUrl] = useState(product?.imageUrl ?? "");
  const [active, setActive] = useState(product?.active ?? true);
  const basis = useBasis(`/products/${product?.id}`, product, ["name", "description", "imageUrl", "active"]);
  const form = useForm(
    ["name", "description", "imageUrl"],
    async () => {
      const body = { name, description, imageUrl: imageUrl === "" ? null : imageUrl, active };
      await (product === undefined
        ? api.send("POST", "/products", body)
        : api.send("PATCH", `/products/${product.id}`, body));
      await renew("/products");
      onClose();
    },
    {},
    basis,
  );
  return (
    <Dialog
      title={product === undefined ? t("products.create") : t("list.edit", { name: product.name })}
      onClose={onClose}
    >
      <DialogForm form={form} submit={t(product === undefined ? "action.create" : "action.save")}>
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Textarea
          label={t("list.description")}
          autosize
          minRows={2}
          value={description}
          error={form.fieldErrors.description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <TextInput
          label={t("products.image")}
          type="url"
          placeholder="https://"
          value={imageUrl}
          error={form.fieldErrors.imageUrl}
          onChange={({ currentTarget }) => setImageUrl(currentTarget.value)}
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
