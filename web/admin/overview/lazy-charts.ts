import { lazy } from "react";

/** Some 110 kB of library, compressed: loaded when there is something to draw. */
export const DayChart = lazy(async () => ({ default: (await import("./charts.tsx")).DayChart }));
export const NamedChart = lazy(async () => ({ default: (await import("./charts.tsx")).NamedChart }));
