/** An address with and without a slash at its end: BotHelp's callers use both, and not all of them follow a redirect. */
export function bothSlashes(path: string): readonly [string, string] {
  return [path, `${path}/`];
}
