import type { AriaLabelConfig } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** What the canvas library says by itself, in the language of the page. */
export function useCanvasLabels(): Partial<AriaLabelConfig> {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      "controls.ariaLabel": t("canvasLabels.panel"),
      "controls.zoomIn.ariaLabel": t("canvasLabels.zoomIn"),
      "controls.zoomOut.ariaLabel": t("canvasLabels.zoomOut"),
      "controls.fitView.ariaLabel": t("canvasLabels.fitView"),
      "controls.interactive.ariaLabel": t("canvasLabels.lock"),
      "node.a11yDescription.default": t("canvasLabels.node"),
      "node.a11yDescription.keyboardDisabled": t("canvasLabels.node"),
      "node.a11yDescription.ariaLiveMessage": ({ x, y }) => t("canvasLabels.moved", { x, y }),
      "edge.a11yDescription.default": t("canvasLabels.edge"),
    }),
    [t],
  );
}
