import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import type { Trail } from "../simulator/trail.ts";

/** Keeps in sight where a play has got to: the canvas moves only where the step lies outside of what is seen. */
export function useFollow(trail: Trail | undefined): void {
  const canvas = useReactFlow();
  const store = useStoreApi();
  useEffect(() => {
    const node = trail?.last === undefined ? undefined : canvas.getNode(trail.last);
    if (node === undefined) return;
    const { width, height } = store.getState();
    const { x, y, zoom } = canvas.getViewport();
    const { width: wide = 250, height: high = 120 } = node.measured ?? {};
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const isSeen = left >= 0 && top >= 0 && left + wide * zoom <= width && top + high * zoom <= height;
    if (isSeen) return;
    void canvas.setCenter(node.position.x + wide / 2, node.position.y + high / 2, { zoom, duration: 250 });
  }, [trail, canvas, store]);
}
