import { Alert, Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";
import { useApi } from "../layout/page.tsx";
import { useMayBuild, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { restOf } from "./broadcast-draft.ts";

/** Which version the rest gets: somebody's choice, unless it is made by itself; then which one it is. */
export function WinnerChoice({ broadcast }: { readonly broadcast: BroadcastBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayBuild = useMayBuild();
  const { id, split, winner, status, isTested } = broadcast;
  const choose = useMutation({
    mutationFn: (variant: number) => api.send("POST", `/broadcasts/${id}/winner`, { variant }),
    onSettled: () => renew("/broadcasts"),
  });
  if (split === null || restOf(split.variants) === 0) return null;
  if (winner !== null) {
    return <Text size="sm">{t("broadcasts.split.chosen", { name: split.variants[winner - 1]?.name ?? winner })}</Text>;
  }
  if (!["preparing", "running", "paused"].includes(status)) return null;
  return (
    <Alert color={isTested ? "yellow" : "blue"} role="status">
      <Text size="sm">{t(isTested ? "broadcasts.split.waits" : "broadcasts.split.testing")}</Text>
      {choose.error === null ? null : <ErrorNotice error={choose.error} />}
      {mayBuild ? (
        <Group gap="sm" mt="sm">
          {split.variants.map(({ name }, index) => (
            <Button
              key={name}
              size="xs"
              variant="default"
              loading={choose.isPending}
              onClick={() => choose.mutate(index + 1)}
            >
              {t("broadcasts.split.choose", { name })}
            </Button>
          ))}
        </Group>
      ) : null}
    </Alert>
  );
}
