import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { actions } from "../../src/actions/index.ts";
import type { ActionType } from "../../src/engine/action-type.ts";
import type { StepType } from "../../src/engine/step-type.ts";
import { steps } from "../../src/steps/index.ts";

const docs = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

describe.each(Object.entries(steps) as [string, StepType][])("the step type %s", (key, step) => {
  it("is registered under its own kind and described", () => {
    expect(step.kind).toBe(key);
    expect(docs("steps.md")).toContain(`(\`${key}\`)`);
  });

  it("has an example that passes its schema, comes back from JSON and has no problems", () => {
    const parsed = step.config.parse(JSON.parse(JSON.stringify(step.example)));
    expect(parsed).toEqual(step.example);
    expect(step.problems?.(parsed) ?? []).toEqual([]);
  });

  it("names each output once", () => {
    const names = step.outputs(step.example).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(Object.entries(actions) as [string, ActionType][])("the action %s", (key, action) => {
  it("is registered under its own name and described", () => {
    expect(action.name).toBe(key);
    expect(docs("actions.md")).toContain(`\`${key}\``);
  });

  it("has an example that passes its schema and comes back from JSON", () => {
    expect(action.args.parse(JSON.parse(JSON.stringify(action.example)))).toEqual(action.example);
  });
});
