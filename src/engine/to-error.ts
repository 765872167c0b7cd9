/** What was thrown, as an Error; code may throw anything. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  const { message } = (thrown ?? {}) as { readonly message?: unknown };
  return new Error(typeof message === "string" ? message : String(thrown));
}
