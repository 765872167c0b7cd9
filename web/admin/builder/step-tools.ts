import type { ComponentType } from "react";
import type { StoredStep } from "../../../src/model/flow.ts";
import { TryRequest } from "./try-request.tsx";

/** What stands below the settings of some kinds of steps: a line a kind. */
export const stepTools: Readonly<Record<string, ComponentType<{ readonly step: StoredStep; readonly botId: number }>>> =
  { request: TryRequest };
