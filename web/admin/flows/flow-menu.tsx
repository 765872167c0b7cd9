import { ActionIcon, Menu } from "@mantine/core";
import { IconCopy, IconDots, IconFolder, IconPlayerStop, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { Flow } from "../builder/flow-types.ts";
import { AskFirst } from "../layout/delete-button.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { MoveFlow } from "./move-flow.tsx";

/** What can be done with a flow from outside. */
export function FlowMenu({ flow, folders }: { readonly flow: FlowSummaryBody; readonly folders: readonly string[] }) {
  const { ref, name, botId, publishedVersion } = flow;
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"move" | "stop" | "delete">();
  const done = async (method: "POST" | "DELETE", path: string) => {
    await api.send(method, path);
    await renew("/flows");
  };
  const copy = useMutation({
    mutationFn: async () => {
      const { draft } = await api.get<Flow>(`/flows/${ref}`);
      const document = { ...draft, name: t("flows.copyOf", { name }).slice(0, 200) };
      return await api.send<Flow>("POST", "/flows", { bot: botId, document });
    },
    onSuccess: async (made) => {
      await renew("/flows");
      await navigate({ to: "/w/$domain/flows/$ref", params: { domain, ref: made.ref } });
    },
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" loading={copy.isPending} aria-label={t("flows.more", { name })}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => copy.mutate()}>
            {t("flows.duplicate")}
          </Menu.Item>
          <Menu.Item leftSection={<IconFolder size={16} />} onClick={() => setAsking("move")}>
            {t("flows.move")}
          </Menu.Item>
          {publishedVersion === null ? null : (
            <Menu.Item leftSection={<IconPlayerStop size={16} />} onClick={() => setAsking("stop")}>
              {t("flows.stop")}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking("delete")}>
            {t("action.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {copy.error === null ? null : <ErrorNotice error={copy.error} />}
      {asking === "move" ? <MoveFlow flow={flow} folders={folders} onClose={() => setAsking(undefined)} /> : null}
      {asking === "stop" ? (
        <AskFirst
          {...{ name, verb: t("flows.stop"), loss: t("flows.stopLoss") }}
          onDelete={() => done("POST", `/flows/${ref}/unpublish`)}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
      {asking === "delete" ? (
        <AskFirst
          {...{ name, verb: t("action.delete"), loss: t("flows.deleteLoss") }}
          onDelete={() => done("DELETE", `/flows/${ref}`)}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </>
  );
}
