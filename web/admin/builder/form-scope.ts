import { createContext } from "react";

/** Whose settings a form draws: a choice may hang on what stands beside it (the steps of the flow that was chosen). */
export interface FormScope {
  /** Kind of the step, name of the action, or `trigger`. */
  readonly owner: string;
  /** What is set in the objects around the field; the nearest counts. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export const FormScopeContext = createContext<FormScope>({ owner: "", settings: {} });
