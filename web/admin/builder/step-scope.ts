import { createContext } from "react";
import type { FlowDocument } from "../../../src/model/flow.ts";
import type { FlowProblem } from "./flow-types.ts";

/** What a form of the flow at hand knows besides what is the workspace's. */
export interface StepScope {
  /** Keys of the values that steps of this flow keep. */
  readonly localNames: readonly string[];
  /** The step's texts are put together where the bot's secrets are at hand. */
  readonly mayUseSecrets: boolean;
  /** Whose tags, flows and channels are offered; undefined: those of all bots. */
  readonly botId: number | undefined;
  /** The flow whose steps are meant where no other is named. */
  readonly document: FlowDocument | undefined;
  /** What the server says of the step at hand, as it was saved last. */
  readonly problems: readonly FlowProblem[];
}

export const StepScopeContext = createContext<StepScope>({
  localNames: [],
  mayUseSecrets: false,
  botId: undefined,
  document: undefined,
  problems: [],
});
