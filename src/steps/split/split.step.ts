import { z } from "zod";
import { hash32 } from "../../engine/random.ts";
import { defineStep } from "../../engine/step-type.ts";
import { refSchema } from "../../model/flow.ts";
import { say } from "../../model/sentence.ts";

const configSchema = z.object({
  branches: z
    .array(
      z.object({ id: refSchema, title: z.string().max(200).default(""), weight: z.number().min(0).max(1_000_000) }),
    )
    .min(2)
    .max(10),
});

export const split = defineStep({
  kind: "split",
  title: "Split",
  category: "logic",
  description: "Leads people different ways by chance, to compare them. Whoever comes again goes the same way.",
  config: configSchema,
  example: {
    branches: [
      { id: "a", title: "A", weight: 50 },
      { id: "b", title: "B", weight: 50 },
    ],
  },
  outputs: ({ branches }) =>
    branches.map(({ id, title }) => ({ name: `branch:${id}`, title: title === "" ? id : title })),
  problems: ({ branches }) => [
    ...(branches.some(({ weight }) => weight > 0) ? [] : [say`every branch has the weight 0`]),
    ...(new Set(branches.map(({ id }) => id)).size === branches.length ? [] : [say`two branches have the same id`]),
  ],
  run(context) {
    const { contact, flow, step } = context;
    const { branches } = context.config;
    const kept = branches.find(({ id }) => id === contact.splits[`${flow}:${step}`]);
    const chosen = kept ?? chooseByWeight(branches, hash32(`${contact.cuid}:${flow}:${step}`) / 2 ** 32);
    if (kept === undefined) context.setSplit(chosen.id);
    return { go: `branch:${chosen.id}` };
  },
});

type Branch = z.output<typeof configSchema>["branches"][number];

/** The branch in whose share of the weights the point (in [0, 1)) lies. */
function chooseByWeight(branches: readonly Branch[], point: number): Branch {
  const total = branches.reduce((sum, { weight }) => sum + weight, 0);
  let left = point * total;
  const last = branches.findLast(({ weight }) => weight > 0) ?? branches[0];
  const found = branches.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  // The schema asks for two branches at least; rounding may leave the point past the last.
  return (found ?? last) as Branch;
}
