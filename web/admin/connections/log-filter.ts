/** What of the log is shown; stands in the page's address. `from` and `to` are local times without a zone. */
export interface LogFilter {
  readonly contact?: number | undefined;
  readonly integrationId?: number | undefined;
  readonly ok?: "true" | "false" | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Reads it from the address, where anything may stand. */
export function readLogFilter(search: Readonly<Record<string, unknown>>): LogFilter {
  const { contact, integrationId, from, to } = search;
  const ok = String(search.ok);
  return {
    ...(typeof contact === "number" ? { contact } : {}),
    ...(typeof integrationId === "number" ? { integrationId } : {}),
    ...(ok === "true" || ok === "false" ? { ok } : {}),
    ...(typeof from === "string" ? { from } : {}),
    ...(typeof to === "string" ? { to } : {}),
  };
}
