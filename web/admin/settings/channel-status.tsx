import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";

const colours = { connected: "teal", disconnected: "gray", broken: "red" } as const;

export function ChannelStatus({ status }: Pick<ChannelBody, "status">) {
  const { t } = useTranslation();
  return (
    <Badge
      color={colours[status]}
      variant={status === "disconnected" ? "default" : "light"}
      tt="none"
      className="whole-badge"
    >
      {t(`channels.status.${status}`)}
    </Badge>
  );
}
