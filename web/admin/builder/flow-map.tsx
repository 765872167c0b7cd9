import { Panel, type ReactFlowState, useReactFlow, useStore } from "@xyflow/react";
import { type PointerEvent, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { CanvasNode } from "./canvas.tsx";

const width = 200;
const height = 150;
/** Around everything, of the map's own size. */
const margin = 0.05;

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const areaOf = ({ position: { x, y }, measured, initialWidth = 0, initialHeight = 0 }: CanvasNode): Area => ({
  left: x,
  top: y,
  right: x + (measured?.width ?? initialWidth),
  bottom: y + (measured?.height ?? initialHeight),
});

const join = (a: Area, b: Area): Area => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

const draw = ({ left, top, right, bottom }: Area) => `M${left} ${top}H${right}V${bottom}H${left}Z`;

/** What of the flow the canvas shows. */
const shownOf = ({ transform: [x, y, zoom], width: wide, height: high }: ReactFlowState): Area => ({
  left: -x / zoom,
  top: -y / zoom,
  right: (wide - x) / zoom,
  bottom: (high - y) / zoom,
});
const isSame = (a: Area, b: Area) =>
  a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;

/**
 * The whole flow, small, with what is in sight left light; dragging and the wheel move the canvas. All boxes are one path: the library's own map has an element
 * for each, and each of them looks at every move of the canvas.
 */
export function FlowMap({ nodes }: { readonly nodes: readonly CanvasNode[] }) {
  const { t } = useTranslation();
  const canvas = useReactFlow();
  const shown = useStore(shownOf, isSame);
  const map = useRef<SVGSVGElement>(null);
  const { boxes, bounds } = useMemo(() => {
    const areas = nodes.map(areaOf);
    return { boxes: areas.map(draw).join(""), bounds: areas.length === 0 ? undefined : areas.reduce(join) };
  }, [nodes]);

  const { left, top, right, bottom } = bounds === undefined ? shown : join(bounds, shown);
  /** Units of the canvas to a pixel of the map. */
  const scale = Math.max((right - left) / width, (bottom - top) / height) * (1 + 2 * margin);
  const x = (left + right - width * scale) / 2;
  const y = (top + bottom - height * scale) / 2;
  const all = draw({ left: x, top: y, right: x + width * scale, bottom: y + height * scale });

  const held = useRef({ x: 0, y: 0 });
  const hold = ({ currentTarget, pointerId, clientX, clientY }: PointerEvent) => {
    currentTarget.setPointerCapture(pointerId);
    held.current = { x: clientX, y: clientY };
  };
  const pan = ({ buttons, clientX, clientY }: PointerEvent) => {
    if (buttons !== 1) return;
    const old = canvas.getViewport();
    const factor = scale * old.zoom;
    const { x: fromX, y: fromY } = held.current;
    held.current = { x: clientX, y: clientY };
    void canvas.setViewport({
      ...old,
      x: old.x - (clientX - fromX) * factor,
      y: old.y - (clientY - fromY) * factor,
    });
  };
  useEffect(() => {
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      void canvas.zoomTo(canvas.getZoom() * 2 ** (-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)));
    };
    // Not React's: its listeners for the wheel cannot keep the page from scrolling.
    const element = map.current;
    element?.addEventListener("wheel", zoom, { passive: false });
    return () => element?.removeEventListener("wheel", zoom);
  }, [canvas]);

  return (
    <Panel position="bottom-right" className="react-flow__minimap">
      <svg
        ref={map}
        className="react-flow__minimap-svg builder-map"
        width={width}
        height={height}
        viewBox={`${x} ${y} ${width * scale} ${height * scale}`}
        role="img"
        aria-label={t("builder.map")}
        onPointerDown={hold}
        onPointerMove={pan}
      >
        <path className="react-flow__minimap-node" d={boxes} />
        <path className="react-flow__minimap-mask" fillRule="evenodd" d={all + draw(shown)} />
      </svg>
    </Panel>
  );
}
