import type { Command } from "./command.ts";
import { type OptionShape, optionShapes } from "./parse-options.ts";

/** What `repartee --help` says. */
export function renderOverview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `repartee: chatbots that market and sell, on your own machine

Usage: repartee COMMAND [options]

${lines.join("\n")}

Every command takes --help and --json. Settings come from the environment: see docs/operations.md.
`;
}

/** What `repartee COMMAND --help` says. */
export function renderHelp(command: Command): string {
  const shapes = optionShapes(command);
  const places = shapes.filter(({ positional }) => positional);
  const named = shapes.filter(({ positional }) => !positional);
  const usage = [
    "repartee",
    command.name,
    ...places.map(renderPlace),
    ...named.filter(({ required }) => required).map(renderFlag),
  ];
  const rows = [
    ...places.map((shape) => [shape.key.toUpperCase(), explain(shape)] as const),
    ...named.map((shape) => [renderFlag(shape), explain(shape)] as const),
    ["--json", "Answer in JSON."] as const,
    ["--help", "Show this."] as const,
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${command.summary}

Usage: ${usage.join(" ")} [options]

${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n")}
`;
}

function renderPlace({ key, required, type }: OptionShape): string {
  const name = `${key.toUpperCase()}${type === "list" ? "..." : ""}`;
  return required ? name : `[${name}]`;
}

function renderFlag({ flag, type, values }: OptionShape): string {
  if (type === "boolean") return `--${flag}`;
  return `--${flag} ${values?.join("|") ?? (type === "number" ? "NUMBER" : "TEXT")}`;
}

function explain({ description, fallback, type, positional }: OptionShape): string {
  const again = type === "list" && !positional ? " May be given several times." : "";
  return `${description}${again}${fallback === undefined || fallback === false ? "" : ` Default: ${fallback}.`}`;
}
