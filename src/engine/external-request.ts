import type { AnswerMapping, ExternalRequest, RenderedRequest, RequestReport } from "../model/external-request.ts";
import type { FieldValue, Json } from "../model/field.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { ContactContext } from "./action-type.ts";
import { saveResult } from "./save-result.ts";
import type { Rendered } from "./template.ts";

/** Renders one template. */
export type RenderText = (template: string) => Rendered;

/** The request with everything put in, or why it cannot be made. */
export type RequestRendering =
  | { readonly ok: true; readonly request: RenderedRequest }
  | { readonly ok: false; readonly message: string };

/** Thrown inside of this file only. */
class Unrenderable extends Error {}

/** Puts names into a request. Used where it is made and where it is tried out: both see the same. */
export function renderRequest(written: ExternalRequest, render: RenderText): RequestRendering {
  const text = (template: string): string => {
    const { text: rendered, error } = render(template);
    if (error !== undefined) throw new Unrenderable(error);
    return rendered;
  };
  try {
    const headers = Object.fromEntries(
      written.headers.map(({ name, value }) => [text(name).trim(), text(value).trim()]).filter(([name]) => name !== ""),
    );
    const { contentType, body } = renderBody(written, text);
    const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
    return {
      ok: true,
      request: {
        method: written.method,
        url: renderUrl(written, text),
        headers: contentType === undefined || hasType ? headers : { ...headers, "Content-Type": contentType },
        body,
      },
    };
  } catch (thrown) {
    if (thrown instanceof Unrenderable) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

function renderUrl({ url, query }: ExternalRequest, text: (template: string) => string): string {
  const address = text(url).trim();
  if (query.length === 0) return address;
  const pairs = query.map(({ name, value }) => `${encodeURIComponent(text(name))}=${encodeURIComponent(text(value))}`);
  const [path = "", fragment] = address.split("#", 2);
  return `${path}${path.includes("?") ? "&" : "?"}${pairs.join("&")}${fragment === undefined ? "" : `#${fragment}`}`;
}

function renderBody(
  { body, method }: ExternalRequest,
  text: (template: string) => string,
): { readonly contentType?: string; readonly body: string | undefined } {
  if (method === "GET") return { body: undefined };
  switch (body.type) {
    case "none":
      return { body: undefined };
    case "json":
      return { contentType: "application/json", body: JSON.stringify(renderJson(readJsonTemplate(body.text), text)) };
    case "form": {
      const form = new URLSearchParams();
      for (const { name, value } of body.fields) form.append(text(name), text(value));
      return { contentType: "application/x-www-form-urlencoded", body: form.toString() };
    }
    case "raw":
      return { contentType: text(body.contentType), body: text(body.text) };
  }
}

/** What is wrong with a JSON body as it is written, in words; undefined: nothing. */
export function checkJsonTemplate(written: string): Sentence | undefined {
  try {
    readJsonTemplate(written);
    return undefined;
  } catch {
    return noJson;
  }
}

const noJson = say`the body is no JSON as it is written: put templates into quotes, and write ${{ example: '"{{ fields.age | json }}"' }} for a value that is no text`;

function readJsonTemplate(written: string): Json {
  try {
    return JSON.parse(written) as Json;
  } catch {
    throw new Unrenderable(noJson.message);
  }
}

/** One output that ends in the filter `json`. */
const wholeValue = /^\s*\{\{(?:(?!\}\}).)*\|\s*json\s*\}\}\s*$/s;

/** Texts are rendered one by one: whatever a value holds, quotes and line breaks among it, the body stays JSON. */
function renderJson(value: Json, text: (template: string) => string): Json {
  if (typeof value === "string") return wholeValue.test(value) ? readValue(text(value), value) : text(value);
  if (Array.isArray(value)) return value.map((item) => renderJson(item, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), renderJson(inner, text)]));
}

function readValue(rendered: string, template: string): Json {
  // Nothing there: the filter gives nothing for what is unknown.
  if (rendered.trim() === "") return null;
  try {
    return JSON.parse(rendered) as Json;
  } catch {
    throw new Unrenderable(`${template.trim()} is no JSON value: ${rendered.slice(0, 80)}`);
  }
}

/** Where it goes, as far as that shows without secrets: requests to one server must not hold up those to others. */
export function hostOf(url: string): string {
  const [, host = ""] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url.trim()) ?? [];
  return host.toLowerCase().slice(0, 200);
}

/** Keeps the parts of an answer that the mappings name. What does not fit is recorded, and the rest is kept. */
export function keepAnswer(
  context: Pick<ContactContext, "bot" | "contact" | "setField" | "error">,
  answer: Extract<RequestReport, { readonly kind: "answered" }>,
  save: readonly AnswerMapping[],
  setValue: (key: string, value: FieldValue | null) => void,
): void {
  const ofBody = save.filter(({ from }) => from === "body");
  if (ofBody.length > 0) {
    const body = parseJson(answer.body);
    if (body === undefined)
      context.error("request.no_json", "the answer is no JSON, so that no path finds anything in it");
    saveResult(context, body ?? null, ofBody, setValue);
  }
  for (const mapping of save) {
    const whole = [{ ...mapping, path: "$" }];
    if (mapping.from === "status") saveResult(context, answer.status, whole, setValue);
    if (mapping.from === "header") {
      saveResult(context, answer.headers[mapping.path.toLowerCase()] ?? null, whole, setValue);
    }
  }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
