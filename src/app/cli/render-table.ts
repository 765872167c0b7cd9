/** Plain text in columns, a line each; the last is not padded. Cells are what somebody called something: signs that would move a terminal's cursor are left out. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "")));
  const widths = head.map((_title, column) => Math.max(...lines.map((cells) => lengthOf(cells[column] ?? ""))));
  const pad = (cell: string, column: number) => cell + " ".repeat((widths[column] ?? 0) - lengthOf(cell));
  return lines.map((cells) => cells.map(pad).join("  ").trimEnd()).join("\n");
}

/** To the minute, in UTC. */
export function renderMinute(at: Date): string {
  return at.toISOString().slice(0, 16).replace("T", " ");
}

const lengthOf = (cell: string) => [...cell].length;
