import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { WorkspaceBody } from "../../../src/http/contract/workspace.ts";
import { useApi } from "../layout/page.tsx";
import { renewSession } from "../session.ts";
import { TypedDeletion } from "./typed-deletion.tsx";

/** The whole workspace, for good: an owner's alone. */
export function DeleteWorkspace({ workspace: { name, domain } }: { readonly workspace: WorkspaceBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, { open, close }] = useDisclosure(false);
  const remove = async (typed: string) => {
    await api.send("DELETE", "/workspace", { domain: typed });
    notifications.show({ message: t("deletion.workspaceGone", { name }) });
    // First away from here: these pages would ask for what is gone.
    await navigate({ to: "/sign-in", search: {} });
    await renewSession(client);
    await navigate({ to: "/" });
  };
  return (
    <Stack align="flex-start">
      <Text size="sm">{t("deletion.workspaceLead")}</Text>
      <Group>
        <Button variant="outline" color="red" leftSection={<IconTrash size={16} />} onClick={open}>
          {t("deletion.workspace")}
        </Button>
      </Group>
      {isOpen ? (
        <TypedDeletion
          verb={t("deletion.workspace")}
          loss={t("deletion.workspaceLoss", { name })}
          expected={domain}
          onDelete={remove}
          onClose={close}
        />
      ) : null}
    </Stack>
  );
}
