import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Paper,
  Text,
  ThemeIcon,
  Tooltip,
  UnstyledButton,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChartBar,
  IconChevronLeft,
  IconHistory,
  IconKeyboard,
  IconLayoutDistributeHorizontal,
  IconPencil,
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
import { useIsPhone } from "./side-panel.tsx";
import { outputsOf } from "./step-kinds.ts";
import { MoreMenu, Tool, type ToolProps } from "./tools.tsx";
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
  const isPhone = useIsPhone();
  const hasNews = useHasNews(flow, document);
  const [isNoteOpen, note] = useDisclosure(false);
  const arrange = useArrange(editor);
  const tools: readonly ToolProps[] = [
    { label: t("action.undo"), Icon: IconArrowBackUp, isOff: !editor.canUndo, onClick: editor.undo },
    { label: t("action.redo"), Icon: IconArrowForwardUp, isOff: !editor.canRedo, onClick: editor.redo },
    { label: t("builder.layOut"), Icon: IconLayoutDistributeHorizontal, onClick: arrange },
    { label: t("search.title"), Icon: IconSearch, onClick: () => onDialog("search") },
    { label: t("numbers.show"), Icon: IconChartBar, isOn: isCounted, onClick: onCount },
    { label: t("shortcuts.title"), Icon: IconKeyboard, isForKeys: true, onClick: () => onDialog("shortcuts") },
    { label: t("versions.title"), Icon: IconHistory, onClick: () => onSide("versions") },
    { label: t("builder.flowSettings"), Icon: IconSettings, onClick: () => onSide("flow") },
  ];
  const publish = {
    flow,
    editor,
    hasNews: hasNews !== false,
    isStarted,
    onPublish,
    problems,
    onShow,
    onShowStart: () => onSide("triggers"),
    isNoteOpen,
    onNote: note.open,
    onNoteClose: note.close,
  };
  return (
    <Paper radius={0} px={isPhone ? "xs" : "md"} py="xs" withBorder>
      <Group justify="space-between" className="builder-toolbar" gap={isPhone ? 6 : "md"}>
        <Group gap={isPhone ? 4 : "xs"} wrap="nowrap" miw={0} flex={isPhone ? 1 : undefined}>
          <ActionIcon
            component={Link}
            to={`/w/${domain}/flows`}
            variant="subtle"
            color="gray"
            aria-label={t("nav.flows")}
          >
            <IconChevronLeft size={20} />
          </ActionIcon>
          <Text fw={650} size={isPhone ? "sm" : "md"} component="h1" className="cut" title={document.name}>
            {document.name}
          </Text>
          <SavedMark
            state={state}
            isUnfinished={hasUnfinished(document)}
            isShort={isPhone}
            onFinish={() => onSide("triggers")}
          />
          <PublishedMark version={flow.publishedVersion} hasNews={hasNews} />
        </Group>
        <Group gap={6} className="builder-toolbar">
          <AddMenu editor={editor} selected={selected} onAdd={onAdd} isShort={isPhone} />
          {isPhone ? null : tools.map((tool) => <Tool key={tool.label} {...tool} />)}
          {isPhone ? (
            <ActionIcon
              variant={isSimulating ? "filled" : "default"}
              color="teal"
              size="lg"
              aria-label={t("simulator.open")}
              aria-pressed={isSimulating}
              onClick={onSimulate}
            >
              <IconPlayerPlay size={18} />
            </ActionIcon>
          ) : (
            <Button
              variant={isSimulating ? "filled" : "default"}
              color="teal"
              aria-pressed={isSimulating}
              leftSection={<IconPlayerPlay size={16} />}
              onClick={onSimulate}
            >
              {t("simulator.open")}
            </Button>
          )}
          <Publish {...publish} isShort={isPhone} />
          {isPhone ? (
            <MoreMenu
              tools={[
                ...tools.filter(({ isForKeys }) => isForKeys !== true),
                {
                  label: t("versions.publishWithNote"),
                  Icon: IconPencil,
                  isOff: hasNews === false && !hasUnfinished(document),
                  why: t("published.nothingNew", { version: flow.publishedVersion }),
                  onClick: note.open,
                },
              ]}
            />
          ) : null}
        </Group>
      </Group>
    </Paper>
  );
}

/** Puts the boxes in order, and all of them in sight. */
function useArrange({ document, edit }: DraftEditor): () => void {
  const canvas = useReactFlow();
  return () => {
    void import("./lay-out.ts").then(({ arrange }) => {
      const outputs = new Map(document.steps.map((step) => [step.ref, outputsOf(step).map(({ name }) => name)]));
      edit((old) => arrange(old, (ref) => outputs.get(ref) ?? []));
      // Once the boxes stand in their new places.
      setTimeout(() => void canvas.fitView({ maxZoom: 1, padding: 0.15 }), 50);
    });
  };
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
  isShort,
  onFinish,
}: {
  readonly state: SaveState;
  /** There is room for a sign alone. */
  readonly isShort: boolean;
  /** Whether something that was begun is not saved, until it is finished. */
  readonly isUnfinished: boolean;
  readonly onFinish: () => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  if (state.kind === "failed") {
    return (
      <Tooltip label={describe(state.error)}>
        {isShort ? (
          <ThemeIcon color="red" variant="light" flex="none" role="alert">
            <IconAlertTriangle size={16} aria-hidden />
            <VisuallyHidden>{t("builder.notSaved")}</VisuallyHidden>
          </ThemeIcon>
        ) : (
          <Badge color="red" variant="light" tt="none" role="alert">
            {t("builder.notSaved")}
          </Badge>
        )}
      </Tooltip>
    );
  }
  if (state.kind === "saved" && isUnfinished) {
    const words = t("unfinished.finishMarked");
    return isShort ? (
      <ActionIcon variant="light" color="yellow" aria-label={words} title={words} onClick={onFinish}>
        <IconAlertTriangle size={16} />
      </ActionIcon>
    ) : (
      <UnstyledButton fz="xs" td="underline" className="unfinished" onClick={onFinish}>
        {words}
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
