import { ActionIcon, Badge, Box, Button, Group, Paper, Text, Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChartBar,
  IconChevronLeft,
  IconHistory,
  IconKeyboard,
  IconLayoutDistributeHorizontal,
  IconPlayerPlay,
  IconSearch,
  IconSettings,
} from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../layout/trouble.tsx";
import { AddMenu } from "./add-menu.tsx";
import type { Flow, FlowProblem } from "./flow-types.ts";
import { Publish } from "./publish.tsx";
import { useHasNews } from "./published.ts";
import { outputsOf } from "./step-kinds.ts";
import { hasUnfinished } from "./unfinished.ts";
import type { DraftEditor, SaveState } from "./use-draft.ts";

/** What stands beside the canvas when no step is chosen. */
export type Side = "flow" | "triggers" | "versions" | undefined;

export function Toolbar({
  flow,
  editor,
  problems,
  isStarted,
  onPublish,
  selected,
  isCounted,
  isSimulating,
  onCount,
  onDialog,
  onSimulate,
  onSide,
  onAdd,
  onShow,
}: {
  readonly flow: Flow;
  readonly editor: DraftEditor;
  readonly problems: readonly FlowProblem[];
  /** Whether anything starts the flow, as far as is known. */
  readonly isStarted: boolean;
  readonly onPublish: () => void;
  readonly selected: ReadonlySet<string>;
  readonly isCounted: boolean;
  readonly isSimulating: boolean;
  readonly onCount: () => void;
  readonly onDialog: (dialog: "search" | "shortcuts") => void;
  readonly onSimulate: () => void;
  readonly onSide: (side: Side) => void;
  readonly onAdd: (ref: string) => void;
  /** Brings a step into sight and chooses it. */
  readonly onShow: (ref: string) => void;
}) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const { document, state } = editor;
  const canvas = useReactFlow();
  const hasNews = useHasNews(flow, document);
  return (
    <Paper radius={0} px="md" py="xs" withBorder>
      <Group justify="space-between" className="builder-toolbar">
        <Group gap="xs" wrap="nowrap" miw={0}>
          <ActionIcon
            component={Link}
            to={`/w/${domain}/flows`}
            variant="subtle"
            color="gray"
            aria-label={t("nav.flows")}
          >
            <IconChevronLeft size={20} />
          </ActionIcon>
          <Text fw={650} component="h1" className="cut">
            {document.name}
          </Text>
          <SavedMark state={state} isUnfinished={hasUnfinished(document)} onFinish={() => onSide("triggers")} />
          <PublishedMark version={flow.publishedVersion} hasNews={hasNews} />
        </Group>
        <Group gap={6} className="builder-toolbar">
          <AddMenu editor={editor} selected={selected} onAdd={onAdd} />
          <Tool label={t("action.undo")} isOff={!editor.canUndo} onClick={editor.undo}>
            <IconArrowBackUp size={18} />
          </Tool>
          <Tool label={t("action.redo")} isOff={!editor.canRedo} onClick={editor.redo}>
            <IconArrowForwardUp size={18} />
          </Tool>
          <Tool
            label={t("builder.layOut")}
            onClick={() => {
              void import("./lay-out.ts").then(({ arrange }) => {
                const outputs = new Map(
                  document.steps.map((step) => [step.ref, outputsOf(step).map(({ name }) => name)]),
                );
                editor.edit((old) => arrange(old, (ref) => outputs.get(ref) ?? []));
                // Once the boxes stand in their new places.
                setTimeout(() => void canvas.fitView({ maxZoom: 1, padding: 0.15 }), 50);
              });
            }}
          >
            <IconLayoutDistributeHorizontal size={18} />
          </Tool>
          <Tool label={t("search.title")} onClick={() => onDialog("search")}>
            <IconSearch size={18} />
          </Tool>
          <Tool label={t("numbers.show")} isOn={isCounted} onClick={onCount}>
            <IconChartBar size={18} />
          </Tool>
          <Box visibleFrom="sm">
            <Tool label={t("shortcuts.title")} onClick={() => onDialog("shortcuts")}>
              <IconKeyboard size={18} />
            </Tool>
          </Box>
          <Tool label={t("versions.title")} onClick={() => onSide("versions")}>
            <IconHistory size={18} />
          </Tool>
          <Tool label={t("builder.flowSettings")} onClick={() => onSide("flow")}>
            <IconSettings size={18} />
          </Tool>
          <Button
            variant={isSimulating ? "filled" : "default"}
            color="teal"
            aria-pressed={isSimulating}
            leftSection={<IconPlayerPlay size={16} />}
            onClick={onSimulate}
          >
            {t("simulator.open")}
          </Button>
          <Publish
            flow={flow}
            editor={editor}
            hasNews={hasNews !== false}
            isStarted={isStarted}
            onPublish={onPublish}
            problems={problems}
            onShow={onShow}
          />
        </Group>
      </Group>
    </Paper>
  );
}

function Tool({
  label,
  isOff = false,
  isOn,
  onClick,
  children,
}: {
  readonly label: string;
  readonly isOff?: boolean;
  readonly isOn?: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
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
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** What people come by: nothing yet, a version, or an older one than what is drawn here. */
function PublishedMark({
  version,
  hasNews,
}: {
  readonly version: number | null;
  readonly hasNews: boolean | undefined;
}) {
  const { t } = useTranslation();
  if (hasNews === undefined) return null;
  const words =
    version === null ? t("published.never") : hasNews ? t("published.news") : t("published.live", { version });
  return (
    <Text
      size="xs"
      c="dimmed"
      visibleFrom="xs"
      className="cut"
      title={version === null ? undefined : t("published.live", { version })}
    >
      {words}
    </Text>
  );
}

function SavedMark({
  state,
  isUnfinished,
  onFinish,
}: {
  readonly state: SaveState;
  /** Whether something that was begun is not saved, until it is finished. */
  readonly isUnfinished: boolean;
  readonly onFinish: () => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  if (state.kind === "failed") {
    return (
      <Tooltip label={describe(state.error)}>
        <Badge color="red" variant="light" tt="none" role="alert">
          {t("builder.notSaved")}
        </Badge>
      </Tooltip>
    );
  }
  if (state.kind === "saved" && isUnfinished) {
    return (
      <UnstyledButton fz="xs" td="underline" className="unfinished" onClick={onFinish}>
        {t("unfinished.finishMarked")}
      </UnstyledButton>
    );
  }
  const word = state.kind === "saved" ? "builder.saved" : "builder.saving";
  return (
    <Text size="xs" c="dimmed" role="status" visibleFrom="xs">
      {t(word)}
    </Text>
  );
}
