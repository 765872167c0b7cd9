/**
 * Runs in the script's own engine before the script, and keeps what it needs from then: the script may change every built-in after. All that it can spoil by that is its own result, which is
 * read as text and checked outside.
 */
export const prelude = `(function (given, log) {
  "use strict";
  const { parse, stringify } = JSON;
  const { freeze, isFrozen, values } = Object;
  const { isFinite } = Number;
  const { imul } = Math;
  const text = String;
  const Fault = TypeError;
  const Later = Promise;
  const input = parse(given);

  const freezeAll = (value) => {
    if (typeof value !== "object" || value === null || isFrozen(value)) return value;
    for (const inner of values(value)) freezeAll(inner);
    return freeze(value);
  };
  const show = (value) => (typeof value === "string" ? value : (stringify(value, plain) ?? text(value)));
  function plain(key, value) {
    if (typeof value === "bigint" || (typeof value === "number" && !isFinite(value))) return text(value);
    if (typeof value === "function" || typeof value === "symbol") throw new Fault(text(key) + " is no value that can be kept");
    return value;
  }
  const say = (...lines) => void log(lines.map((line) => (typeof line === "function" ? "[function]" : show(line))).join(" "));
  globalThis.console = { log: say, info: say, warn: say, error: say, debug: say };

  let state = input.seed >>> 0;
  Math.random = function random() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };

  globalThis.contact = freezeAll(input.contact);
  globalThis.message = freezeAll(input.message);
  globalThis.fields = input.fields;
  globalThis.vars = input.vars;

  let result;
  let isPending = false;
  let fault;
  return {
    watch(script) {
      result = script();
      if (!(result instanceof Later)) return;
      isPending = true;
      const promise = result;
      result = undefined;
      promise.then(
        (value) => { isPending = false; result = value; },
        (error) => { isPending = false; fault = { error }; },
      );
    },
    finish() {
      if (isPending) throw new Fault("it waits for something that never comes");
      if (fault !== undefined) throw fault.error;
      const output = typeof result === "object" && result !== null ? result.output : result;
      return stringify({ output: output ?? null, fields: globalThis.fields, vars: globalThis.vars }, plain);
    },
  };
})`;
