import type { StoredStep } from "../../../src/model/flow.ts";
import { outputsOf } from "./step-kinds.ts";

/** A step's box, in the canvas's own units: its size is known before it is drawn. */
export const boxWidth = 250;
/** The head and three lines of what the step says or does. */
export const headHeight = 110;
/** The line of an output. */
export const outputHeight = 28;

/** About how high the box of a step is with so many outputs; one that says less is lower. */
export const boxHeight = (outputs: number): number => headHeight + outputHeight * outputs;

export const heightOfBox = (step: StoredStep): number => boxHeight(outputsOf(step).length);
