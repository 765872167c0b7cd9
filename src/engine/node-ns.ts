/** The characters of a ref (`model/flow.ts`). Their order is for ever: ids that people noted rest on it. */
const refAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
const flowRoom = 10n ** 10n;

export interface StepPlace {
  readonly bot: number;
  readonly flowId: number;
  readonly step: string;
}

/**
 * `f<bot>n<number>`, digits alone as UChat's own are: the ref read as a number (its characters are the digits 1 to 64 of base 65), then the
 * flow's id in ten digits. Up to 47 digits; reversible, and as lasting as ref and flow.
 */
export function toNodeNs({ bot, flowId, step }: StepPlace): string {
  const ref = [...step].reduce((sum, letter) => sum * 65n + BigInt(refAlphabet.indexOf(letter) + 1), 0n);
  return `f${bot}n${ref * flowRoom + BigInt(flowId)}`;
}

/** Undefined: not the ns of a node. */
export function parseNodeNs(ns: string): StepPlace | undefined {
  const [, bot, number] = /^f(\d{1,15})n(\d{1,50})$/.exec(ns.trim()) ?? [];
  if (bot === undefined || number === undefined) return undefined;
  let rest = BigInt(number) / flowRoom;
  let step = "";
  while (rest > 0n) {
    step = (refAlphabet[Number(rest % 65n) - 1] ?? "") + step;
    rest /= 65n;
  }
  return step === "" ? undefined : { bot: Number(bot), flowId: Number(BigInt(number) % flowRoom), step };
}
