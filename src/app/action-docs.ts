import { actions } from "../actions/index.ts";
import type { AnyAction } from "../engine/action-type.ts";

/** docs/actions.md with a section for each entry of the catalogue; what stands before the first section stays. */
export function renderActionDocs(document: string): string {
  const [head = ""] = document.split("\n## ");
  return `${[head.trimEnd(), ...Object.values(actions as Record<string, AnyAction>).map(toSection)].join("\n\n")}\n`;
}

function toSection({ name, description, example }: AnyAction): string {
  const call = JSON.stringify({ action: name, args: example });
  return `## \`${name}\`\n\n${description}\n\n\`\`\`json\n${call}\n\`\`\``;
}
