/** ISO 8601 in UTC. */
export function toInstant(at: Date | number): string {
  return new Date(at).toISOString();
}

export function toInstantOrNull(at: Date | number | null | undefined): string | null {
  return at === null || at === undefined ? null : toInstant(at);
}
