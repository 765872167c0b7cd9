import { Button, Menu, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "./catalogue.ts";
import { addStep, createRef } from "./document.ts";
import { emptyValue } from "./json-schema.ts";
import { findStepType, outputsOf, schemaOf, stepKinds } from "./step-kinds.ts";
import { StepIcon } from "./step-node.tsx";
import type { DraftEditor } from "./use-draft.ts";

/** New steps come to the right of the selected one, connected to its first free output, or into the middle of what is seen. */
export function AddMenu({
  editor,
  selected,
  onAdd,
}: {
  readonly editor: DraftEditor;
  readonly selected: ReadonlySet<string>;
  readonly onAdd: (ref: string) => void;
}) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const canvas = useReactFlow();
  const { document, edit } = editor;
  const add = (kind: string) => {
    const type = findStepType(kind);
    if (type === undefined) return;
    const [only] = selected.size === 1 ? selected : [];
    const before = document.steps.find(({ ref }) => ref === only);
    const isTaken = (output: string) => document.edges.some((edge) => edge.from === only && edge.output === output);
    const free = before === undefined ? undefined : outputsOf(before).find(({ name }) => !isTaken(name));
    const middle = canvas.screenToFlowPosition({ x: window.innerWidth / 2 - 100, y: window.innerHeight / 2 - 60 });
    const at = before?.at === undefined ? middle : { x: before.at.x + 340, y: before.at.y + 20 };
    const ref = createRef();
    const step = { ref, kind, config: emptyValue(schemaOf(type)) as Record<string, unknown>, at };
    edit((old) =>
      addStep(
        old,
        step,
        before === undefined || free === undefined ? undefined : { from: before.ref, output: free.name },
      ),
    );
    onAdd(ref);
    void canvas.setCenter(at.x + 125, at.y + 80, { zoom: Math.min(1, canvas.getZoom()), duration: 200 });
  };
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={16} />} variant="light">
          {t("builder.addStep")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={480} style={{ overflowY: "auto" }}>
        {stepKinds.map(({ kind }) => (
          <Menu.Item key={kind} leftSection={<StepIcon kind={kind} />} onClick={() => add(kind)}>
            <Text size="sm" fw={600}>
              {catalogue.step(kind).title}
            </Text>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {catalogue.step(kind).about}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
