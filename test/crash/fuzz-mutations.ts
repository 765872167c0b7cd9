import type { Chance } from "./fuzz-samples.ts";

/** A request on its way to be spoilt. */
export interface FuzzRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  /** A value that becomes JSON, or bytes as they are. */
  body: unknown;
}

/** Values that programs have tripped over. */
const nasty: readonly unknown[] = [
  null,
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202eabc",
  "😀".repeat(50),
  "x".repeat(5_000),
  "' or 1=1 --",
  "%00",
  "%",
  "../../etc/passwd",
  "{{ 1 | divided_by: 0 }}",
  "{% for i in (1..100000000) %}x{% endfor %}",
  "{{",
  "<script>alert(1)</script>",
  "=cmd()",
  "__proto__",
  "constructor",
  "NaN",
  "Infinity",
  "-0",
  "1e400",
  "2026-02-30",
  "+99999-99-99T99:99:99Z",
  "0x10",
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  9_223_372_036_854_775_807n.toString(),
  "9223372036854775808",
  "99999999999999999999999999",
  true,
  false,
  [],
  {},
  [null],
  [[[[[[]]]]]],
  { __proto__: null, constructor: { prototype: {} } },
  { toString: 1, valueOf: 1 },
];

/** Spoils a request in one to three ways. */
export function mutate(request: FuzzRequest, chance: Chance): void {
  const ways = [mutateBody, mutateBody, mutateBody, mutatePath, mutateQuery, mutateWhole, mutateHeaders];
  for (let times = 1 + chance.below(3); times > 0; times -= 1) chance.pick(ways)(request, chance);
}

function mutateBody(request: FuzzRequest, chance: Chance): void {
  if (typeof request.body !== "object" || request.body === null || Buffer.isBuffer(request.body)) {
    if (request.method !== "GET") request.body = { [chance.pick(["id", "name", "text"])]: chance.pick(nasty) };
    return;
  }
  const body = structuredClone(request.body) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const visit = (holder: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(holder)) {
      places.push([holder, key]);
      if (typeof value === "object" && value !== null) visit(value as Record<string, unknown>);
    }
  };
  visit(body);
  const [holder, key] = places.length === 0 ? [body, "id"] : chance.pick(places);
  const change = chance.below(5);
  if (change === 0) delete holder[key];
  else if (change === 1) holder[`${key}${chance.pick(["2", " ", "[]", ".", "\u0000"])}`] = holder[key];
  else if (change === 2) holder[key] = [holder[key], holder[key]];
  else holder[key] = chance.pick(nasty);
  request.body = body;
}

function mutatePath(request: FuzzRequest, chance: Chance): void {
  const [path = "/", query] = request.path.split("?", 2);
  const parts = path.split("/");
  const place = parts.length - 1 - chance.below(Math.max(1, Math.min(3, parts.length - 1)));
  parts[place] = toSegment(chance.pick(nasty));
  request.path = query === undefined ? parts.join("/") : `${parts.join("/")}?${query}`;
}

function toSegment(value: unknown): string {
  const text = (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 400);
  try {
    return encodeURIComponent(text);
  } catch {
    // A lone surrogate, as bytes that are no UTF-8.
    return "%ED%A0%80";
  }
}

function mutateQuery(request: FuzzRequest, chance: Chance): void {
  const name = chance.pick([
    ...new URLSearchParams(request.path.split("?", 2)[1] ?? "").keys(),
    "limit",
    "cursor",
    "q",
  ]);
  const suffix = chance.pick(["", "", "[]", "[a]", "%00"]);
  request.path += `${request.path.includes("?") ? "&" : "?"}${encodeURIComponent(name)}${suffix}=${toSegment(chance.pick(nasty))}`;
}

/** Spoils the body as bytes, or what is said of it. */
function mutateWhole(request: FuzzRequest, chance: Chance): void {
  const text = Buffer.isBuffer(request.body) ? request.body.toString("latin1") : (JSON.stringify(request.body) ?? "");
  const bodies: readonly (() => Buffer)[] = [
    () => Buffer.from(text.slice(0, chance.below(text.length + 1))),
    () => Buffer.from(`${text}${text}`),
    () => Buffer.from(`${"[".repeat(5_000)}${"]".repeat(5_000)}`),
    () => Buffer.from(`{"a":${'{"a":'.repeat(90)}1${"}".repeat(91)}`),
    () => Buffer.from(Array.from({ length: chance.below(200) }, () => chance.below(256))),
    () => Buffer.from(text, "utf16le"),
  ];
  const way = chance.below(5);
  if (way < 3) request.body = chance.pick(bodies)();
  else if (way === 3) request.method = chance.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);
  else Object.assign(request.headers, chance.pick(descriptions));
}

const descriptions: readonly Readonly<Record<string, string>>[] = [
  { "content-type": "text/plain" },
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-type": "multipart/form-data; boundary=x" },
  { "content-type": "application/json; charset=utf-16" },
  { "content-type": "" },
  { "content-type": "\u00e9" },
  { "content-encoding": "gzip" },
];

function mutateHeaders(request: FuzzRequest, chance: Chance): void {
  const [name, values] = chance.pick<readonly [string, readonly string[]]>([
    ["authorization", ["", "Bearer", "Bearer x", "Basic eDp4", `Bearer ${"x".repeat(3000)}`]],
    ["idempotency-key", ["", "a", "x".repeat(500), "ключ".normalize("NFD").replace(/[^\x20-\x7e]/g, "k")]],
    ["accept-language", ["ru", "xx-XX;q=9", ",,,"]],
    ["cookie", ["session=x", "a=%", "session=s%3Ax.y"]],
    ["range", ["bytes=0-0", "bytes=9999999-"]],
    ["if-none-match", ["*", '"x"']],
    ["x-http-method-override", ["DELETE", "TRACE"]],
    ["x-forwarded-for", ["1.2.3.4", "x"]],
    ["host", ["evil.example", ""]],
  ]);
  request.headers[name] = chance.pick(values);
}
