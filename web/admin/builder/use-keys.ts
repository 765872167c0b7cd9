import { useHotkeys } from "@mantine/hooks";
import { useCallback, useEffect, useMemo } from "react";
import { copyPiece, paste, readPiece, removeSteps, writePiece } from "./document.ts";
import type { DraftEditor } from "./use-draft.ts";

/** Undo, redo, copy, cut, paste, duplicate, select all, save. Texts that are being typed keep their own. */
export function useKeys(
  editor: DraftEditor,
  selected: ReadonlySet<string>,
  select: (refs: ReadonlySet<string>) => void,
  open: (dialog: "search" | "shortcuts") => void,
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
    ["mod+F", () => open("search")],
    ["shift+?", () => open("shortcuts")],
    ["mod+S", () => void editor.flush().catch(() => undefined)],
  ]);
  useEffect(() => {
    const isTyping = () => window.document.activeElement?.matches("input, textarea, [contenteditable]") === true;
    const onCopy = (event: ClipboardEvent) => {
      if (isTyping() || selected.size === 0) return;
      event.clipboardData?.setData("text/plain", copied);
      event.preventDefault();
    };
    const onCut = (event: ClipboardEvent) => {
      if (isTyping() || selected.size === 0) return;
      onCopy(event);
      edit((old) => removeSteps(old, selected));
      select(new Set());
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!isTyping()) insert(event.clipboardData?.getData("text/plain") ?? "");
    };
    window.addEventListener("copy", onCopy);
    window.addEventListener("cut", onCut);
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("copy", onCopy);
      window.removeEventListener("cut", onCut);
      window.removeEventListener("paste", onPaste);
    };
  }, [copied, edit, insert, select, selected]);
}
