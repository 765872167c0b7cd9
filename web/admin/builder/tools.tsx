import { ActionIcon, Menu, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconDots } from "@tabler/icons-react";
import { type ComponentType, useRef } from "react";
import { useTranslation } from "react-i18next";

/** Something that can be done to the flow, over its canvas. */
export interface ToolProps {
  readonly label: string;
  readonly Icon: ComponentType<{ size: number }>;
  readonly isOff?: boolean;
  /** Why it is off, where that is not plain to see. */
  readonly why?: string | undefined;
  readonly isOn?: boolean;
  /** Of no use without a keyboard. */
  readonly isForKeys?: boolean;
  readonly onClick: () => void;
}

export function Tool({ label, Icon, isOff = false, isOn, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={isOn === true ? "light" : "default"}
        size="lg"
        disabled={isOff}
        aria-label={label}
        aria-pressed={isOn}
        onClick={onClick}
      >
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

/** The tools where there is no room for them: a phone has one row. */
export function MoreMenu({ tools }: { readonly tools: readonly ToolProps[] }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const first = tools.find(({ isOff }) => isOff !== true);
  return (
    // The first item has the focus, and no empty element before it, which a menu may not have.
    <Menu position="bottom-end" width={260} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon ref={button} variant="default" size="lg" aria-label={t("builder.more")} title={t("builder.more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {tools.map(({ label, Icon, isOff = false, why, isOn, onClick }) => (
          <Menu.Item
            key={label}
            data-autofocus={label === first?.label ? true : undefined}
            leftSection={<Icon size={18} />}
            rightSection={isOn === true ? <IconCheck size={16} /> : undefined}
            // One that is `disabled` is passed over by the keyboard, which would not come to why.
            disabled={isOff && why === undefined}
            {...(isOff && why !== undefined ? { "aria-disabled": true, closeMenuOnClick: false, c: "dimmed" } : {})}
            onClick={() => {
              if (isOff) return;
              // What opens in the canvas's place gives the focus back to what had it: by then this item is gone.
              button.current?.focus();
              onClick();
            }}
          >
            {label}
            {isOff && why !== undefined ? (
              <Text size="xs" c="dimmed">
                {why}
              </Text>
            ) : null}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
