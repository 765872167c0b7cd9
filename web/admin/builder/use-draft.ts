import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import type { z } from "zod";
import type { draftSchema } from "../../../src/http/contract/flows.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { ApiError, type WorkspaceApi } from "../api.ts";
import { beginHistory, change, type History, redo, undo } from "./history.ts";
import { withoutUnfinished } from "./unfinished.ts";

type Draft = z.infer<typeof draftSchema>;

/** Where the draft stands between this page and the server. */
export type SaveState =
  | { readonly kind: "saved" }
  | { readonly kind: "unsaved" }
  | { readonly kind: "saving" }
  /** It is tried again by itself. */
  | { readonly kind: "failed"; readonly error: unknown }
  /** Somebody else saved meanwhile: nothing is overwritten until the person decides. */
  | { readonly kind: "conflict"; readonly theirs: Draft };

type Step =
  | {
      readonly kind: "change";
      readonly make: (document: FlowDocument) => FlowDocument;
      readonly mark: string | undefined;
    }
  | { readonly kind: "undo" }
  | { readonly kind: "redo" }
  | { readonly kind: "replace"; readonly document: FlowDocument };

function reduce(history: History<FlowDocument>, step: Step): History<FlowDocument> {
  switch (step.kind) {
    case "change":
      return change(history, step.make(history.present), step.mark);
    case "undo":
      return undo(history);
    case "redo":
      return redo(history);
    case "replace":
      return change(history, step.document);
  }
}

const saveAfterMs = 700;
const retryAfterMs = 3_000;

export interface DraftEditor {
  readonly document: FlowDocument;
  readonly state: SaveState;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Changes with the same mark in a row are taken back as one. */
  edit(make: (document: FlowDocument) => FlowDocument, mark?: string): void;
  undo(): void;
  redo(): void;
  /** Saves what is unsaved, now. Resolves when the server has it; rejects where it could not take it. */
  flush(): Promise<void>;
  /** After a conflict: keep what is here, or take what is there. */
  resolve(keep: "mine" | "theirs"): void;
}

/** A draft that saves itself a moment after each change, keeps what it could not save, and overwrites nobody's work. */
export function useDraft(api: WorkspaceApi, ref: string, initial: Draft): DraftEditor {
  const [history, dispatch] = useReducer(reduce, initial.document, beginHistory);
  const [state, setState] = useState<SaveState>({ kind: "saved" });
  const document = history.present;
  const server = useRef({ revision: initial.draftRevision, document: initial.document });
  const saving = useRef<Promise<void> | undefined>(undefined);
  const latest = useRef(document);
  latest.current = document;

  const save = useCallback(async (): Promise<void> => {
    // One at a time: the next one begins with the revision that this one gets.
    while (saving.current !== undefined) await saving.current.catch(() => undefined);
    const wanted = latest.current;
    if (wanted === server.current.document) return;
    setState({ kind: "saving" });
    const run = async () => {
      // What is only begun waits here until it is finished, and holds nothing else up.
      const body = { draftRevision: server.current.revision, document: withoutUnfinished(wanted) };
      const { draftRevision } = await api.send<Draft>("PUT", `/flows/${ref}/draft`, body);
      server.current = { revision: draftRevision, document: wanted };
      setState(latest.current === wanted ? { kind: "saved" } : { kind: "unsaved" });
    };
    saving.current = run();
    try {
      await saving.current;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) {
        const theirs = await api.get<Draft>(`/flows/${ref}/draft`);
        setState({ kind: "conflict", theirs });
      } else setState({ kind: "failed", error });
      throw error;
    } finally {
      saving.current = undefined;
    }
  }, [api, ref]);

  const isInConflict = state.kind === "conflict";
  useEffect(() => {
    if (isInConflict) return;
    if (document === server.current.document) {
      // Taken back before it was saved: there is nothing left to save.
      setState((old) => (old.kind === "unsaved" || old.kind === "failed" ? { kind: "saved" } : old));
      return;
    }
    // The same object while it stays so: each letter would draw the page a second time.
    setState((old) => (old.kind === "failed" || old.kind === "unsaved" ? old : { kind: "unsaved" }));
    const timer = setTimeout(() => void save().catch(() => undefined), saveAfterMs);
    return () => clearTimeout(timer);
  }, [document, isInConflict, save]);
  useEffect(() => {
    if (state.kind !== "failed") return;
    const timer = setTimeout(() => void save().catch(() => undefined), retryAfterMs);
    return () => clearTimeout(timer);
  }, [state, save]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (latest.current !== server.current.document) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      // Going to another page of ours: what was typed last goes along.
      void save().catch(() => undefined);
    };
  }, [save]);

  return {
    document,
    state,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    edit: useCallback((make, mark) => dispatch({ kind: "change", make, mark }), []),
    undo: useCallback(() => dispatch({ kind: "undo" }), []),
    redo: useCallback(() => dispatch({ kind: "redo" }), []),
    flush: save,
    resolve: useCallback(
      (keep) => {
        if (state.kind !== "conflict") return;
        const { theirs } = state;
        server.current = { revision: theirs.draftRevision, document: theirs.document };
        setState({ kind: "unsaved" });
        if (keep === "theirs") {
          dispatch({ kind: "replace", document: theirs.document });
          setState({ kind: "saved" });
        }
      },
      [state],
    ),
  };
}
