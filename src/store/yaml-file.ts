import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";

/** Where something stands in a file, and what is wrong with it. */
export interface FileProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

/** A file's value, with the line of each thing in it. */
export interface YamlFile {
  readonly value: unknown;
  readonly lineOf: (path: Path) => number;
}

/** Reads a file in YAML or JSON (JSON is YAML). */
export function parseYaml(name: string, text: string): YamlFile | { readonly problems: FileProblem[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, logLevel: "error" });
  const problem = (line: number, message: string) => ({ file: name, line, message: `this is no YAML: ${message}` });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) =>
      problem(Math.max(1, counter.linePos(pos[0]).line), message.split("\n")[0]?.replace(/ at line.*$/, "") ?? ""),
    );
    return { problems };
  }
  try {
    // 100: what the parser allows an alias to unfold into before it refuses.
    return { value: document.toJS({ maxAliasCount: 100 }), lineOf: (path) => lineAt(document, counter, path) };
  } catch (thrown) {
    return { problems: [problem(1, (thrown as Error).message)] };
  }
}

/** The line (from 1) of what stands at a path of a parsed file; of the nearest thing around it where there is no such. */
function lineAt(document: Document, counter: LineCounter, path: Path): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    const next = childOf(node, key);
    if (next === undefined) break;
    offset = next.offset;
    node = next.node;
  }
  return Math.max(1, counter.linePos(offset).line);
}

function childOf(node: unknown, key: PropertyKey): { readonly node: unknown; readonly offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    const name = pair?.key as Node | undefined;
    return name?.range == null ? undefined : { node: pair?.value, offset: name.range[0] };
  }
  const items = (node as { readonly items?: readonly unknown[] } | null)?.items;
  const item = typeof key === "number" ? items?.[key] : undefined;
  return isNode(item) && item.range != null ? { node: item, offset: item.range[0] } : undefined;
}

interface Told {
  readonly path: Path;
  readonly message: string;
}

/** What a schema says, with the choice among several forms that comes nearest to what was written. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], before: Path = []): readonly Told[] {
  return issues.flatMap((issue): readonly Told[] => {
    const path = [...before, ...issue.path];
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: [...path, key], message: `there is no "${key}" here` }));
    }
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issue.message }];
    const forms = issue.errors.map((form) => explainIssues(form, path));
    const depth = (form: readonly Told[]) => Math.max(...form.map((told) => told.path.length));
    const fit = forms.filter((form) => depth(form) > path.length);
    if (fit.length > 0) return fit.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
    return [{ path, message: forms.map((form) => form[0]?.message ?? "").join("; or: ") }];
  });
}
