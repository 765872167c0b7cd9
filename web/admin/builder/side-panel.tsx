import { Button, Paper } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconChevronLeft } from "@tabler/icons-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

/** Whether what stands beside the canvas covers it and the tools over it: there is no room for both. The style sheet has the same width. */
export function useIsPhone(): boolean {
  return useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false }) ?? false;
}

/** What stands beside the canvas; on a phone in its place, with a way back. */
export function SidePanel({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const isPhone = useIsPhone();
  const panel = useRef<HTMLDivElement>(null);
  const before = useRef<Element>(null);
  useLayoutEffect(() => {
    if (!isPhone) return;
    // What has the focus is covered. It comes to the panel, from where a form may take it on, and to none of its buttons: the Enter that chose a step would press that.
    before.current = window.document.activeElement;
    panel.current?.focus({ preventScroll: true });
  }, [isPhone]);
  // Back only once what was covered can have it again.
  useEffect(
    () => () => {
      if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
    },
    [],
  );
  return (
    <Paper ref={panel} radius={0} withBorder className="builder-panel" {...(isPhone ? { tabIndex: -1 } : {})}>
      {isPhone ? (
        <Button
          className="builder-back"
          variant="light"
          radius={0}
          justify="flex-start"
          leftSection={<IconChevronLeft size={18} />}
          onClick={onClose}
        >
          {t("toCanvas")}
        </Button>
      ) : null}
      {children}
    </Paper>
  );
}
