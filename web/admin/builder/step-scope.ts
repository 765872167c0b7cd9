import { createContext } from "react";

/** What texts of the step at hand can show besides what the bot's texts can. */
export interface StepScope {
  /** Keys of the values that steps of this flow keep. */
  readonly localNames: readonly string[];
  /** The step's texts are put together where the bot's secrets are at hand. */
  readonly mayUseSecrets: boolean;
}

export const StepScopeContext = createContext<StepScope>({ localNames: [], mayUseSecrets: false });
