import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { useApi } from "../layout/page.tsx";
import { useCatalogue } from "./catalogue.ts";
import { type Lookup, lookups } from "./lookups.ts";
import { callStep } from "./step-names.ts";
import { listThings, noNames, type ThingKind, type ThingNames } from "./thing-names.ts";

/** Those whose list does not hang on another setting, and whose values do not say themselves what they are called. */
const listed = (Object.entries(lookups) as [keyof typeof lookups, Lookup][])
  .filter(([, { path, far, isName }]) => far === undefined && isName !== true && path({}) !== undefined)
  .map(([kind, lookup]) => ({ kind, lookup, path: lookup.path({}) ?? "" }));
const paths = [...new Map(listed.map(({ path, lookup: { query = {} } }) => [path, { path, query }])).values()];

const toBodies = (results: readonly { readonly data: unknown }[]) => results.map(({ data }) => data);

/** The names of all things of these kinds, as their lists have them; no other list is asked for. The same function as long as nothing is called otherwise. */
export function useNamesOf(kinds: ReadonlySet<ThingKind>): ThingNames {
  const api = useApi();
  const wanted = new Set(listed.filter(({ kind }) => kinds.has(kind)).map(({ path }) => path));
  const bodies = useQueries({
    queries: paths.map(({ path, query }) => ({
      queryKey: [api.domain, path.slice(1), query],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => api.get<unknown>(path, query, signal),
      enabled: wanted.has(path),
      staleTime: 30_000,
      retry: false,
    })),
    combine: toBodies,
  });
  return useMemo(() => {
    const names = new Map<ThingKind, ReadonlyMap<string, string>>();
    for (const { kind, lookup, path } of listed) {
      const body = bodies[paths.findIndex((one) => one.path === path)];
      if (body === undefined) continue;
      const choices = lookup.choices(body, { settings: {}, botId: undefined });
      names.set(kind, new Map(choices.map(({ value, label }) => [value, label])));
    }
    return names.size === 0 ? noNames : (kind, value) => names.get(kind)?.get(value);
  }, [bodies]);
}

/** What the things are called that these flows name, and the steps of the first. */
export function useThingNames(...documents: readonly [FlowDocument, ...FlowDocument[]]): ThingNames {
  const things = documents.flatMap(listThings);
  const known = useNamesOf(new Set(things.map(({ kind }) => kind)));
  const [{ steps }] = documents;
  const catalogue = useCatalogue(noNames);
  const refs = new Set(things.filter(({ kind }) => kind === "step").map(({ value }) => value));
  const called = steps.filter(({ ref }) => refs.has(ref)).map((step) => [step.ref, callStep(step, catalogue)]);
  // As one text: what is typed elsewhere leaves it the same.
  const stepNames = JSON.stringify(called);
  return useMemo(() => {
    const ofSteps = new Map(JSON.parse(stepNames) as [string, string][]);
    return (kind, value) => (kind === "step" ? ofSteps.get(value) : known(kind, value));
  }, [known, stepNames]);
}
