import { useTranslation } from "react-i18next";
import { isReachedByMessengers } from "../layout/reach.ts";
import { useWorkspace } from "../layout/resource.ts";

/** Whether messengers can call this server; undefined until that is known. */
export function useIsReached(): boolean | undefined {
  const publicUrl = useWorkspace()?.publicUrl;
  return publicUrl === undefined ? undefined : isReachedByMessengers(publicUrl);
}

/** What a way to hear of messages means on this server, in words. */
export function useReceivingHint(): (way: string) => string {
  const { t } = useTranslation();
  const address = useWorkspace()?.publicUrl ?? "";
  const isReached = useIsReached() ?? true;
  return (way) => {
    if (way === "webhook" && !isReached) return t("channels.receiving.webhookCannot", { address });
    const isChosen = way === (isReached ? "webhook" : "polling");
    const means = t(way === "polling" ? "channels.receiving.polling" : "channels.receiving.webhook");
    return isChosen ? `${t("channels.receiving.chosen")} ${means}` : means;
  };
}
