import { Box, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { AskBeforeLeaving } from "../layout/unsaved.tsx";
import { SimulatorPanel } from "../simulator/simulator-panel.tsx";
import { useSimulator } from "../simulator/use-simulator.ts";
import { OfferMenu } from "./add-menu.tsx";
import { heightOfBox } from "./box-size.ts";
import { Canvas, type Offer } from "./canvas.tsx";
import { Conflict } from "./conflict.tsx";
import { layOut } from "./document.ts";
import { FlowPanel } from "./flow-panel.tsx";
import { takeFlow } from "./flow-query.ts";
import type { Flow, FlowProblem, Validation } from "./flow-types.ts";
import { NumbersBar } from "./numbers-bar.tsx";
import { StepSearch } from "./search.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { SidePanel, useIsPhone } from "./side-panel.tsx";
import { isOfStart } from "./starts.ts";
import { StepPanel } from "./step-panel.tsx";
import { type ThingNames, ThingNamesContext } from "./thing-names.ts";
import { type Side, Toolbar } from "./toolbar.tsx";
import { hasUnfinished } from "./unfinished.ts";
import { type DraftEditor, type SaveState, useDraft } from "./use-draft.ts";
import { useFollow } from "./use-follow.ts";
import { useFresh } from "./use-fresh.ts";
import { useKeys } from "./use-keys.ts";
import { type NumbersChoice, useNumbers } from "./use-numbers.ts";
import { useSelection } from "./use-selection.ts";
import type { Starting } from "./use-start-node.ts";
import { useStarts } from "./use-starts.ts";
import { useThingNames } from "./use-thing-names.ts";
import { useVariableNames, VariableNamesContext } from "./variable-names.ts";
import { VersionsPanel } from "./versions-panel.tsx";
import "./builder.css";

/** A flow on its canvas. */
export function BuilderPage() {
  const api = useApi();
  const { ref } = useParams({ from: "/w/$domain/flows/$ref" });
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "flow", ref],
    queryFn: ({ signal }) => takeFlow(api, ref, signal),
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
  const api = useApi();
  const [initial] = useState(() => ({
    draftRevision: flow.draftRevision,
    document: layOut(flow.draft, heightOfBox, { onlyMissing: true }),
  }));
  const editor = useDraft(api, flow.ref, initial);
  const { document, edit } = editor;
  const [offer, setOffer] = useState<Offer>();
  const [side, setSide] = useState<Side>();
  const [isSimulating, setSimulating] = useState(false);
  const [dialog, setDialog] = useState<"search" | "shortcuts">();
  const [counted, setCounted] = useState<NumbersChoice>();
  const numbers = useNumbers(flow.ref, counted);
  const simulator = useSimulator(flow, document);
  const trail = isSimulating ? simulator.trail : undefined;
  useFollow(trail);
  const selection = useSelection(
    document.steps,
    useCallback(() => setSide(undefined), []),
  );
  const { steps: selected, choose: select } = selection;
  useKeys(editor, selected, select, setDialog);
  const show = useShowStep(document.steps, select);
  const add = (ref: string) => select(new Set([ref]));
  const [only] = selected.size === 1 ? selected : [];
  const { problems, onPublish } = useFresh(initial.document, only, useProblems(flow.ref, editor.state));
  const step = only === undefined ? undefined : document.steps.find(({ ref }) => ref === only);
  const ownProblems = useMemo(() => problems.filter((problem) => problem.step === only), [problems, only]);
  const openSide = useCallback(
    (next: Side) => {
      select(new Set());
      setSide(next);
    },
    [select],
  );
  const isPhone = useIsPhone();
  const isCovered = isPhone && (step !== undefined || side !== undefined || isSimulating);
  const variableNames = useVariableNames();
  const thingNames = useThingNames(document);
  const starting = useStarting(flow.ref, document, thingNames, openSide);
  return (
    <ThingNamesContext value={thingNames}>
      <Stack gap={0} h="calc(100dvh - 56px)" m="calc(-1 * var(--mantine-spacing-md))">
        <title>{`${document.name} · Repartee`}</title>
        <Box inert={isCovered}>
          <Toolbar
            flow={flow}
            editor={editor}
            problems={problems}
            isStarted={starting.lines?.length !== 0}
            onPublish={onPublish}
            onSide={openSide}
            isCounted={counted !== undefined}
            onCount={() => setCounted(counted === undefined ? { days: 7, channel: undefined } : undefined)}
            onDialog={setDialog}
            isSimulating={isSimulating}
            onSimulate={() => setSimulating(!isSimulating)}
            onAdd={add}
            onShow={show}
            selected={selected}
          />
        </Box>
        <Group flex={1} gap={0} wrap="nowrap" align="stretch" mih={0} pos="relative">
          <Box flex={1} miw={0} pos="relative" inert={isCovered}>
            <VariableNamesContext value={variableNames}>
              <Canvas
                document={document}
                problems={problems}
                numbers={numbers}
                trail={trail}
                starting={starting}
                selection={selection}
                onEdit={edit}
                onOffer={setOffer}
              />
            </VariableNamesContext>
            {offer === undefined ? null : (
              <OfferMenu
                offer={offer}
                editor={editor}
                selected={selected}
                onAdd={add}
                onClose={() => setOffer(undefined)}
              />
            )}
            {counted === undefined ? null : <NumbersBar botId={flow.botId} choice={counted} onChange={setCounted} />}
            {document.steps.length === 0 ? <NoSteps /> : null}
          </Box>
          {step === undefined ? null : (
            <SidePanel onClose={() => select(new Set())}>
              <StepPanel
                key={step.ref}
                step={step}
                document={document}
                botId={flow.botId}
                problems={ownProblems}
                onEdit={edit}
                onAdd={add}
                onClose={() => select(new Set())}
              />
            </SidePanel>
          )}
          {step === undefined ? (
            <FlowSide side={side} flow={flow} editor={editor} problems={problems} onClose={() => setSide(undefined)} />
          ) : null}
          {isSimulating ? (
            <SidePanel onClose={() => setSimulating(false)}>
              <SimulatorPanel
                flow={flow}
                document={document}
                simulator={simulator}
                onShowStep={(ref) => {
                  // The play goes on where it is once it is opened again.
                  if (isPhone) setSimulating(false);
                  show(ref);
                }}
                onClose={() => setSimulating(false)}
              />
            </SidePanel>
          ) : null}
        </Group>
        {dialog === "search" ? (
          <StepSearch document={document} onShow={show} onClose={() => setDialog(undefined)} />
        ) : null}
        {dialog === "shortcuts" ? <Shortcuts onClose={() => setDialog(undefined)} /> : null}
        <Conflict editor={editor} />
        {hasUnfinished(document) ? <AskBeforeLeaving isBusy={false} /> : null}
      </Stack>
    </ThingNamesContext>
  );
}

function NoSteps() {
  const { t } = useTranslation();
  return (
    <Text pos="absolute" top="75%" w="100%" ta="center" c="dimmed" style={{ pointerEvents: "none" }}>
      {t("builder.noSteps")}
    </Text>
  );
}

/** What is of the flow as a whole. */
function FlowSide({
  side,
  flow,
  editor,
  problems,
  onClose,
}: {
  readonly side: Side;
  readonly flow: Flow;
  readonly editor: DraftEditor;
  readonly problems: readonly FlowProblem[];
  readonly onClose: () => void;
}) {
  if (side === undefined) return null;
  return (
    <SidePanel onClose={onClose}>
      {side === "versions" ? (
        <VersionsPanel flowRef={flow.ref} editor={editor} onClose={onClose} />
      ) : (
        <FlowPanel
          flowRef={flow.ref}
          botId={flow.botId}
          document={editor.document}
          problems={problems.filter(isOfStart)}
          at={side === "triggers" ? side : undefined}
          onEdit={editor.edit}
          onClose={onClose}
        />
      )}
    </SidePanel>
  );
}

/** Brings a step into the middle and chooses it. */
function useShowStep(
  steps: Flow["draft"]["steps"],
  select: (refs: ReadonlySet<string>) => void,
): (ref: string) => void {
  const canvas = useReactFlow();
  return useCallback(
    (ref: string) => {
      const at = steps.find((step) => step.ref === ref)?.at;
      if (at === undefined) return;
      select(new Set([ref]));
      void canvas.setCenter(at.x + 125, at.y + 60, { zoom: Math.max(0.7, canvas.getZoom()), duration: 250 });
    },
    [steps, select, canvas],
  );
}

/** What starts the flow, and the way to where it is set. */
function useStarting(
  flowRef: string,
  document: Flow["draft"],
  names: ThingNames,
  openSide: (side: Side) => void,
): Starting {
  const lines = useStarts(flowRef, document, names);
  const onOpen = useCallback(() => openSide("triggers"), [openSide]);
  return useMemo(() => ({ lines, onOpen }), [lines, onOpen]);
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
  return data?.problems ?? noProblems;
}

const noProblems: readonly FlowProblem[] = [];
