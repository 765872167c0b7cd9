import {
  ActionIcon,
  Badge,
  Box,
  Button,
  Group,
  Menu,
  Modal,
  Paper,
  Skeleton,
  Stack,
  Text,
  Tooltip,
} from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconLayoutDistributeHorizontal,
  IconPlus,
  IconSettings,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { flowProblemSchema, flowSchema, validationSchema } from "../../../src/http/contract/flows.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice, useErrorText } from "../layout/trouble.tsx";
import { Canvas } from "./canvas.tsx";
import { addStep, copyPiece, createRef, layOut, paste, readPiece, writePiece } from "./document.ts";
import { FlowPanel } from "./flow-panel.tsx";
import { emptyValue } from "./json-schema.ts";
import { findStepType, outputsOf, schemaOf, stepKinds } from "./step-kinds.ts";
import { StepIcon } from "./step-node.tsx";
import { StepPanel } from "./step-panel.tsx";
import { type DraftEditor, type SaveState, useDraft } from "./use-draft.ts";

type Flow = z.infer<typeof flowSchema>;
type Validation = z.infer<typeof validationSchema>;
export type FlowProblem = z.infer<typeof flowProblemSchema>;

/** A flow on its canvas. */
export function BuilderPage() {
  const api = useApi();
  const { ref } = useParams({ from: "/w/$domain/flows/$ref" });
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "flow", ref],
    queryFn: ({ signal }) => api.get<Flow>(`/flows/${ref}`, {}, signal),
    // What is edited here is the truth from then on; `useDraft` hears of others' changes by their revision.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={500} />;
  return (
    <ReactFlowProvider key={ref}>
      <Builder flow={data} />
    </ReactFlowProvider>
  );
}

function Builder({ flow }: { readonly flow: Flow }) {
  const { t } = useTranslation();
  const api = useApi();
  const [initial] = useState(() => ({
    draftRevision: flow.draftRevision,
    document: layOut(flow.draft, { onlyMissing: true }),
  }));
  const editor = useDraft(api, flow.ref, initial);
  const { document, edit } = editor;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isFlowOpen, setFlowOpen] = useState(false);
  const problems = useProblems(flow.ref, editor.state);
  useKeys(editor, selected, setSelected);
  const select = useCallback((refs: ReadonlySet<string>) => {
    setSelected(refs);
    if (refs.size > 0) setFlowOpen(false);
  }, []);
  const [only] = selected.size === 1 ? selected : [];
  const step = only === undefined ? undefined : document.steps.find(({ ref }) => ref === only);
  return (
    <Stack gap={0} h="calc(100dvh - 56px)" m="calc(-1 * var(--mantine-spacing-md))">
      <title>{`${document.name} · Repartee`}</title>
      <Toolbar
        flow={flow}
        editor={editor}
        problems={problems}
        onSettings={() => {
          setSelected(new Set());
          setFlowOpen(true);
        }}
        onAdd={(ref) => select(new Set([ref]))}
        selected={selected}
      />
      <Group flex={1} gap={0} wrap="nowrap" align="stretch" mih={0}>
        <Box flex={1} miw={0} pos="relative">
          <Canvas document={document} problems={problems} selected={selected} onSelect={select} onEdit={edit} />
          {document.steps.length === 0 ? (
            <Text pos="absolute" top="40%" w="100%" ta="center" c="dimmed" style={{ pointerEvents: "none" }}>
              {t("builder.noSteps")}
            </Text>
          ) : null}
        </Box>
        {step === undefined && !isFlowOpen ? null : (
          <Paper
            w={{ base: "100%", sm: 380 }}
            radius={0}
            withBorder
            pos={{ base: "absolute", sm: "static" }}
            h={{ base: "80%", sm: "auto" }}
            bottom={0}
            style={{ zIndex: 5 }}
          >
            {step === undefined ? (
              <FlowPanel flowRef={flow.ref} document={document} onEdit={edit} onClose={() => setFlowOpen(false)} />
            ) : (
              <StepPanel
                key={step.ref}
                step={step}
                document={document}
                problems={problems.filter((problem) => problem.step === step.ref)}
                onEdit={edit}
                onClose={() => setSelected(new Set())}
              />
            )}
          </Paper>
        )}
      </Group>
      <Conflict editor={editor} />
    </Stack>
  );
}

/** What the server says of the draft that it has; asked anew after each save. */
function useProblems(ref: string, state: SaveState): readonly FlowProblem[] {
  const api = useApi();
  const isSaved = state.kind === "saved";
  const { data, refetch } = useQuery({
    queryKey: [api.domain, "flow", ref, "problems"],
    queryFn: () => api.send<Validation>("POST", `/flows/${ref}/validate`),
    gcTime: 0,
  });
  useEffect(() => {
    if (isSaved) void refetch();
  }, [isSaved, refetch]);
  return data?.problems ?? [];
}

function Toolbar({
  flow,
  editor,
  problems,
  selected,
  onSettings,
  onAdd,
}: {
  readonly flow: Flow;
  readonly editor: DraftEditor;
  readonly problems: readonly FlowProblem[];
  readonly selected: ReadonlySet<string>;
  readonly onSettings: () => void;
  readonly onAdd: (ref: string) => void;
}) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const { document, state } = editor;
  const canvas = useReactFlow();
  return (
    <Paper radius={0} px="md" py="xs" withBorder>
      <Group justify="space-between" wrap="nowrap">
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
          <SavedMark state={state} />
        </Group>
        <Group gap={6} wrap="nowrap">
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
              editor.edit((old) => layOut(old));
              requestAnimationFrame(() => void canvas.fitView({ maxZoom: 1, padding: 0.15 }));
            }}
          >
            <IconLayoutDistributeHorizontal size={18} />
          </Tool>
          <Tool label={t("builder.flowSettings")} onClick={onSettings}>
            <IconSettings size={18} />
          </Tool>
          <Publish flow={flow} editor={editor} problems={problems} />
        </Group>
      </Group>
    </Paper>
  );
}

function Tool({
  label,
  isOff = false,
  onClick,
  children,
}: {
  readonly label: string;
  readonly isOff?: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" disabled={isOff} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function SavedMark({ state }: { readonly state: SaveState }) {
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
  const word = state.kind === "saved" ? "builder.saved" : "builder.saving";
  return (
    <Text size="xs" c="dimmed" role="status" visibleFrom="xs">
      {t(word)}
    </Text>
  );
}

/** New steps come to the right of the selected one, connected to its first free output, or into the middle of what is seen. */
function AddMenu({
  editor,
  selected,
  onAdd,
}: {
  readonly editor: DraftEditor;
  readonly selected: ReadonlySet<string>;
  readonly onAdd: (ref: string) => void;
}) {
  const { t } = useTranslation();
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
        {stepKinds.map(({ kind, title, description }) => (
          <Menu.Item key={kind} leftSection={<StepIcon kind={kind} />} onClick={() => add(kind)}>
            <Text size="sm" fw={600}>
              {title}
            </Text>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {description}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Publish({
  flow,
  editor,
  problems,
}: {
  readonly flow: Flow;
  readonly editor: DraftEditor;
  readonly problems: readonly FlowProblem[];
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isOpen, { open, close }] = useDisclosure(false);
  const errors = problems.filter(({ severity }) => severity === "error");
  const publish = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await editor.flush();
      const { version } = await api.send<{ version: number }>("POST", `/flows/${flow.ref}/publish`);
      notifications.show({ color: "teal", message: t("builder.published", { version }) });
      await client.invalidateQueries({ queryKey: [api.domain, "flows"] });
      close();
    } catch (thrown) {
      // The problems below say more than that there are some.
      const isInvalid = thrown instanceof ApiError && thrown.code === "flow.invalid";
      await client.invalidateQueries({ queryKey: [api.domain, "flow", flow.ref, "problems"] });
      setError(isInvalid ? undefined : thrown);
      open();
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button loading={isBusy} onClick={() => void publish()}>
        {t("builder.publish")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t("builder.notPublished")}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <Stack>
          {error === undefined ? null : <ErrorNotice error={error} />}
          {errors.map(({ step, message }) => (
            <Text key={`${step} ${message}`} size="sm">
              <b>{nameOfStep(editor.document, step)}</b> {message}
            </Text>
          ))}
        </Stack>
      </Modal>
    </>
  );
}

function nameOfStep(document: FlowDocument, ref: string | undefined): string {
  const step = document.steps.find((one) => one.ref === ref);
  return step === undefined ? "" : `${step.name ?? findStepType(step.kind)?.title ?? step.kind} (${step.ref}):`;
}

function Conflict({ editor }: { readonly editor: DraftEditor }) {
  const { t } = useTranslation();
  const { state } = editor;
  if (state.kind !== "conflict") return null;
  const mine = editor.document.steps.length;
  const theirs = state.theirs.document.steps.length;
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={t("builder.conflict.title")}>
      <Stack>
        <Text size="sm">{t("builder.conflict.text", { mine, theirs })}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => editor.resolve("theirs")}>
            {t("builder.conflict.theirs")}
          </Button>
          <Button color="red" onClick={() => editor.resolve("mine")}>
            {t("builder.conflict.mine")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Undo, redo, copy, cut, paste, duplicate, select all, save. Texts that are being typed keep their own. */
function useKeys(
  editor: DraftEditor,
  selected: ReadonlySet<string>,
  select: (refs: ReadonlySet<string>) => void,
): void {
  const { document, edit } = editor;
  const insert = useCallback(
    (text: string, by = { x: 40, y: 40 }) => {
      const piece = readPiece(text);
      if (piece === undefined) return;
      const pasted = paste(document, piece, by);
      edit(() => pasted.document);
      select(pasted.refs);
    },
    [document, edit, select],
  );
  const copied = useMemo(() => writePiece(copyPiece(document, selected)), [document, selected]);
  useHotkeys([
    ["mod+Z", editor.undo],
    ["mod+shift+Z", editor.redo],
    ["mod+Y", editor.redo],
    ["mod+A", () => select(new Set(document.steps.map(({ ref }) => ref)))],
    ["mod+D", () => insert(copied)],
    ["mod+S", () => void editor.flush().catch(() => undefined)],
  ]);
  useEffect(() => {
    const isTyping = () => window.document.activeElement?.matches("input, textarea, [contenteditable]") === true;
    const onCopy = (event: ClipboardEvent) => {
      if (isTyping() || selected.size === 0) return;
      event.clipboardData?.setData("text/plain", copied);
      event.preventDefault();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!isTyping()) insert(event.clipboardData?.getData("text/plain") ?? "");
    };
    window.addEventListener("copy", onCopy);
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("copy", onCopy);
      window.removeEventListener("paste", onPaste);
    };
  }, [copied, insert, selected]);
}
