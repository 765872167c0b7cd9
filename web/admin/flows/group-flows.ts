/** Flows of one folder; undefined: those in none. */
export interface FlowGroup<Flow> {
  readonly folder: string | undefined;
  readonly flows: readonly Flow[];
}

/** The folders by name, what lies in none last; without any folder one group. The order within stays. */
export function groupFlows<Flow extends { readonly folder: string | null }>(
  flows: readonly Flow[],
): readonly FlowGroup<Flow>[] {
  const names = [...new Set(flows.flatMap(({ folder }) => folder ?? []))].sort((a, b) => a.localeCompare(b));
  const groups = names.map((name) => ({ folder: name, flows: flows.filter(({ folder }) => folder === name) }));
  const loose = flows.filter(({ folder }) => folder === null);
  return loose.length === 0 ? groups : [...groups, { folder: undefined, flows: loose }];
}
