import { Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ProductBody, VariantBody } from "../../../src/http/contract/products.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { Listing } from "../layout/listing.tsx";
import { EmptyState, Page, Section, useApi } from "../layout/page.tsx";
import { useMayChange, usePages, useRenew } from "../layout/resource.ts";
import { SearchField } from "../layout/search-field.tsx";
import { EditProduct } from "./edit-product.tsx";
import { EditVariant } from "./edit-variant.tsx";

/** What the workspace sells. */
export function ProductsPage() {
  const { t } = useTranslation();
  const mayChange = useMayChange();
  const [search, setSearch] = useState("");
  const [q] = useDebouncedValue(search, 250);
  const products = usePages<ProductBody>("/products", { q });
  const [edited, setEdited] = useState<ProductBody | "new" | null>(null);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("products.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.products")} actions={create}>
      <SearchField value={search} onChange={setSearch} />
      <Listing
        list={products}
        empty={
          q === "" ? (
            <EmptyState title={t("products.empty.title")} text={t("products.empty.text")} action={create} />
          ) : (
            <Text size="sm">{t("list.noMatch")}</Text>
          )
        }
      >
        {(items) =>
          items.map((product) => (
            <Product key={product.id} product={product} onEdit={mayChange ? () => setEdited(product) : undefined} />
          ))
        }
      </Listing>
      {edited === null ? null : (
        <EditProduct product={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}

function Product({ product, onEdit }: { readonly product: ProductBody; readonly onEdit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [edited, setEdited] = useState<VariantBody | "new" | null>(null);
  return (
    <Section
      title={product.name}
      actions={
        <Group gap="xs">
          {product.active ? null : (
            <Badge variant="default" tt="none">
              {t("products.notSold")}
            </Badge>
          )}
          {onEdit === undefined ? null : (
            <>
              <EditButton name={product.name} onClick={onEdit} />
              <DeleteButton
                name={product.name}
                loss={t("products.loss")}
                onDelete={async () => {
                  await api.send("DELETE", `/products/${product.id}`);
                  await renew("/products");
                }}
              />
            </>
          )}
        </Group>
      }
    >
      <Stack gap="sm">
        {product.description === "" ? null : (
          <Text size="sm" c="dimmed" lineClamp={2}>
            {product.description}
          </Text>
        )}
        <Variants variants={product.variants} onEdit={onEdit === undefined ? undefined : setEdited} />
        {onEdit === undefined ? null : (
          <Group>
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconPlus size={14} />}
              aria-label={`${t("products.addVariant")}: ${product.name}`}
              onClick={() => setEdited("new")}
            >
              {t("products.addVariant")}
            </Button>
          </Group>
        )}
      </Stack>
      {edited === null ? null : (
        <EditVariant
          productId={product.id}
          variant={edited === "new" ? undefined : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </Section>
  );
}

function Variants({
  variants,
  onEdit,
}: {
  readonly variants: readonly VariantBody[];
  readonly onEdit: ((variant: VariantBody) => void) | undefined;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  if (variants.length === 0) return <Text size="sm">{t("products.noVariants")}</Text>;
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("products.variant")}</Table.Th>
            <Table.Th>{t("products.sku")}</Table.Th>
            <Table.Th>{t("products.price")}</Table.Th>
            <Table.Th>{t("products.stock")}</Table.Th>
            <Table.Th aria-label={t("action.actions")} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {variants.map((variant) => {
            const name = variant.name === "" ? t("products.onlyVariant") : variant.name;
            return (
              <Table.Tr key={variant.id}>
                <Table.Td>
                  {name} {variant.active ? "" : `(${t("products.notSold")})`}
                </Table.Td>
                <Table.Td ff="monospace">{variant.sku ?? "—"}</Table.Td>
                <Table.Td>
                  {variant.priceText} {variant.currency}
                </Table.Td>
                <Table.Td>{variant.stock ?? t("products.uncounted")}</Table.Td>
                <Table.Td>
                  {onEdit === undefined ? null : (
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <EditButton name={name} onClick={() => onEdit(variant)} />
                      <DeleteButton
                        name={name}
                        loss={t("products.variantLoss")}
                        onDelete={async () => {
                          await api.send("DELETE", `/variants/${variant.id}`);
                          await renew("/products");
                        }}
                      />
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
