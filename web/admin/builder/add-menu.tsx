import { ActionIcon, Box, Button, Menu, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import type { Offer } from "./canvas.tsx";
import { useCatalogue } from "./catalogue.ts";
import { stepKinds } from "./step-kinds.ts";
import { StepIcon } from "./step-node.tsx";
import { useAddStep } from "./use-add-step.ts";
import type { DraftEditor } from "./use-draft.ts";

interface AddProps {
  readonly editor: DraftEditor;
  readonly selected: ReadonlySet<string>;
  readonly onAdd: (ref: string) => void;
}

/** The button over the canvas. */
export function AddMenu({ editor, selected, onAdd, isShort }: AddProps & { readonly isShort: boolean }) {
  const { t } = useTranslation();
  const add = useAddStep(editor, selected, onAdd);
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        {isShort ? (
          <ActionIcon variant="light" size="lg" aria-label={t("builder.addStep")} title={t("builder.addStep")}>
            <IconPlus size={18} />
          </ActionIcon>
        ) : (
          <Button leftSection={<IconPlus size={16} />} variant="light">
            {t("builder.addStep")}
          </Button>
        )}
      </Menu.Target>
      <StepKinds onChoose={add} />
    </Menu>
  );
}

/** The same choice where a line was let go: the new step is what it leads to. */
export function OfferMenu({
  offer,
  onClose,
  ...props
}: AddProps & { readonly offer: Offer; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddStep(props.editor, props.selected, props.onAdd);
  const canvas = useReactFlow();
  const { from, output, x, y } = offer;
  return (
    <Menu opened onChange={(isOpen) => (isOpen ? undefined : onClose())} position="bottom-start" width={320}>
      <Menu.Target>
        <Box pos="fixed" left={x} top={y} w={1} h={1} aria-label={t("builder.addStep")} />
      </Menu.Target>
      <StepKinds
        onChoose={(kind) => {
          const { x: left, y: top } = canvas.screenToFlowPosition({ x, y });
          // A line comes in at a box's left side, about in the middle.
          add(kind, { from, output, at: { x: left, y: top - 70 } });
        }}
      />
    </Menu>
  );
}

/** What a step can be; inside a menu. */
export function StepKinds({ onChoose }: { readonly onChoose: (kind: string) => void }) {
  const catalogue = useCatalogue();
  return (
    <Menu.Dropdown mah={480} style={{ overflowY: "auto" }}>
      {stepKinds.map(({ kind }) => (
        <Menu.Item key={kind} leftSection={<StepIcon kind={kind} />} onClick={() => onChoose(kind)}>
          <Text size="sm" fw={600}>
            {catalogue.step(kind).title}
          </Text>
          <Text size="xs" c="dimmed" lineClamp={2}>
            {catalogue.step(kind).about}
          </Text>
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  );
}
