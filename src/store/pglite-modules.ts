import { readFile } from "node:fs/promises";

type Modules = Readonly<Record<"pgliteWasmModule" | "initdbWasmModule", WebAssembly.Module>>;

let compiled: Promise<Modules> | undefined;

/**
 * PGlite's programs, compiled once for all databases of a process and never freed. Left to PGlite each database has its own, and V8 ends the process now and then when the code of those that are gone
 * is freed (nodejs/node#64500): a process that opens hundreds, as the tests do, met it.
 */
export function pgliteModules(): Promise<Modules> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<Modules> {
  const folder = import.meta.resolve("@electric-sql/pglite");
  const load = async (name: string) => await WebAssembly.compile(await readFile(new URL(name, folder)));
  return { pgliteWasmModule: await load("pglite.wasm"), initdbWasmModule: await load("initdb.wasm") };
}
