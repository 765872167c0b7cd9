import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice, useErrorText } from "../layout/trouble.tsx";

/** Asks once more, and again where there are deals. */
export function DeletePlan({ plan, onDone }: { readonly plan: SalesPlanBody; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const describe = useErrorText();
  const [isSure, setSure] = useState(false);
  const remove = useMutation({
    mutationFn: (withDeals: boolean) => api.send("DELETE", `/sales-plans/${plan.ref}?withDeals=${withDeals}`),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries({ queryKey: [api.domain, "sales-plans"] });
    },
  });
  const { error } = remove;
  const hasDeals = error instanceof ApiError && error.code === "sales_plan.has_deals";
  if (!isSure) {
    return (
      <Button variant="subtle" color="red" onClick={() => setSure(true)}>
        {t("sales.delete")}
      </Button>
    );
  }
  return (
    <Alert color="red" title={t("sales.deleteSure", { name: plan.name })}>
      <Stack gap="sm">
        {error === null ? null : hasDeals ? <Text size="sm">{describe(error)}</Text> : <ErrorNotice error={error} />}
        <Group gap="xs">
          <Button color="red" size="xs" loading={remove.isPending} onClick={() => remove.mutate(hasDeals)}>
            {t(hasDeals ? "sales.deleteWithDeals" : "action.delete")}
          </Button>
          <Button variant="default" size="xs" onClick={() => setSure(false)}>
            {t("action.cancel")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
