import { expect, it } from "vitest";
import type { BroadcastReportBody } from "../../../src/http/contract/broadcasts.ts";
import { addReports } from "./add-reports.ts";

const numbers = (variant: number | null, n: number): BroadcastReportBody["variants"][number] => ({
  ...{ variant, name: variant === null ? null : `V${variant}` },
  ...{ recipients: n, sent: n, failed: n, skipped: n, clicked: n, replied: n, unsubscribed: n },
  messages: { sent: n, delivered: n, read: n, failed: n, waiting: n },
});
const part = (variants: BroadcastReportBody["variants"], nextCursor: string | null): BroadcastReportBody => ({
  ...{ variants, nextCursor, effectHours: 72, untold: [] },
});

it("adds up what came of two parts of a broadcast's recipients, each variant by itself, whoever is in none last", () => {
  const first = part([numbers(1, 1), numbers(null, 5)], "next");
  expect(addReports(undefined, first)).toBe(first);
  const sum = addReports(first, part([numbers(1, 2), numbers(2, 3)], null));
  expect(sum).toEqual(part([numbers(1, 3), numbers(2, 3), numbers(null, 5)], null));
});
