/** A line of the result. */
export interface Row {
  readonly measurement: string;
  readonly connections: number;
  readonly perSecond: number;
  /** Of the bare server's rate in the same run. */
  readonly ofBare?: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMb?: number;
  readonly note?: string;
}

export interface BenchContext {
  readonly people: number;
  /** For how long a broadcast is watched. */
  readonly seconds: number;
  /** A PostgreSQL to make databases on; undefined: none answers. */
  readonly serverUrl: string | undefined;
  readonly botApi: string;
  /** Progress, for people. */
  readonly say: (text: string) => void;
}

export const round = (value: number, digits = 1) => Number(value.toFixed(digits));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
