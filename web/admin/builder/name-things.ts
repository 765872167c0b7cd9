import { useCallback, useContext } from "react";
import { fillAnew, type Parameter, type Sentence } from "../../../src/model/sentence.ts";
import { useSentence } from "../layout/trouble.tsx";
import type { SaidSentence } from "../words/sentences.ts";
import { findThingOfRule, type ThingKind, type ThingNames, ThingNamesContext } from "./thing-names.ts";

/** Which things the server names by key or ref in its sentences, by the parameter. */
const kindOfParameter: Readonly<Record<string, ThingKind>> = {
  field: "field",
  variable: "variable",
  flow: "flow",
  sequence: "sequence",
  plan: "plan",
  step: "step",
};

/** A sentence of the server's, with the names of what it calls by key or ref. What is called by nothing stays as it is. */
export function nameThings<Said extends Sentence>(sentence: Said, names: ThingNames): Said {
  const { parameters } = sentence;
  if (parameters === undefined) return sentence;
  const subject = String(parameters.subject ?? "");
  const rename = (name: string, value: Parameter): Parameter => {
    if (typeof value === "number") return value;
    if (typeof value !== "string") {
      return Array.isArray(value)
        ? (value as readonly Sentence[]).map((one) => nameThings(one, names))
        : nameThings(value as Sentence, names);
    }
    const kind = name === "key" ? (findThingOfRule(subject, value)?.kind ?? "plan") : kindOfParameter[name];
    return (kind === undefined ? undefined : names(kind, value)) ?? value;
  };
  const named = Object.entries(parameters).map(([name, value]) => [name, rename(name, value)] as const);
  return { ...sentence, ...fillAnew(sentence, Object.fromEntries(named)) };
}

/** Says what is wrong with the flow at hand. */
export function useSayProblem(): (problem: SaidSentence) => string {
  const say = useSentence();
  const names = useContext(ThingNamesContext);
  return useCallback((problem) => say(nameThings(problem, names)), [say, names]);
}
