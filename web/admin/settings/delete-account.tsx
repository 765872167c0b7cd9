import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { renewSession } from "../session.ts";
import { TypedDeletion } from "./typed-deletion.tsx";

/** One's own account, for good. */
export function DeleteAccount({ email }: { readonly email: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, { open, close }] = useDisclosure(false);
  const remove = async (typed: string) => {
    await call("DELETE", "/auth/account", { body: { email: typed } });
    notifications.show({ message: t("deletion.accountGone") });
    await renewSession(client);
    await navigate({ to: "/" });
  };
  return (
    <>
      <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={open}>
        {t("deletion.account")}
      </Button>
      {isOpen ? (
        <TypedDeletion
          verb={t("deletion.account")}
          loss={t("deletion.accountLoss")}
          expected={email}
          onDelete={remove}
          onClose={close}
        />
      ) : null}
    </>
  );
}
