import { FunctionExpressionType, JSONPathEnvironment, type JSONPathQuery } from "json-p3";
import type { Json } from "../model/field.ts";
import { type Sentence, say, toSentence } from "../model/sentence.ts";
import { compilePattern } from "./pattern.ts";

/** Longer paths are refused: nobody writes them by hand. */
const maxLength = 500;
/** Each `..` looks through everything below everything the one before it found. */
const maxDescents = 2;
/** Values that one path gives at most. */
const maxFound = 1_000;
const maxCached = 500;

/** RFC 9535 as it stands, but `match` and `search` use RE2: the language's own patterns can be made to run for ever. */
class Environment extends JSONPathEnvironment {
  protected override setupFilterFunctions(): void {
    super.setupFilterFunctions();
    const argTypes = [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType];
    const test = (wrap: (pattern: string) => string) => (text: unknown, pattern: unknown) => {
      if (typeof text !== "string" || typeof pattern !== "string") return false;
      const compiled = compilePattern(wrap(pattern), { ignoreCase: false });
      return compiled.ok && compiled.test(text);
    };
    const returnType = FunctionExpressionType.LogicalType;
    this.functionRegister.set("match", { argTypes, returnType, call: test((pattern) => `^(?:${pattern})$`) });
    this.functionRegister.set("search", { argTypes, returnType, call: test((pattern) => pattern) });
  }
}

type Compiled = { readonly ok: true; readonly query: JSONPathQuery } | ({ readonly ok: false } & Sentence);

const environment = new Environment();
const cache = new Map<string, Compiled>();

/** What is wrong with a JSON path (RFC 9535, https://www.rfc-editor.org/rfc/rfc9535), in words; undefined: nothing. */
export function checkJsonPath(path: string): Sentence | undefined {
  const compiled = compile(path);
  return compiled.ok ? undefined : toSentence(compiled);
}

/** The values at a JSON path, in the document's order; none where the path leads nowhere or is none. Never throws. */
export function findByJsonPath(value: Json, path: string): readonly Json[] {
  const compiled = compile(path);
  if (!compiled.ok) return [];
  const found: Json[] = [];
  try {
    for (const node of compiled.query.lazyQuery(value)) {
      found.push(node.value as Json);
      if (found.length === maxFound) break;
    }
  } catch {
    // Nested deeper than the library goes: what was found until then counts.
  }
  return found;
}

function compile(path: string): Compiled {
  const known = cache.get(path);
  if (known !== undefined) return known;
  const compiled = compileAnew(path);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? "");
  cache.set(path, compiled);
  return compiled;
}

function compileAnew(path: string): Compiled {
  if (path.length > maxLength) return { ok: false, ...say`a JSON path may have ${{ maxLength }} characters` };
  if (path.split("..").length - 1 > maxDescents) {
    return { ok: false, ...say`a JSON path may have ${{ maxDescents }} times ".."` };
  }
  try {
    return { ok: true, query: environment.compile(path) };
  } catch (error) {
    return { ok: false, ...say`"${{ path }}" is no JSON path: ${{ why: (error as Error).message }}` };
  }
}
