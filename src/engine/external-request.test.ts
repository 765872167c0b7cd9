import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBot, aContact, noon } from "../../test/builders.ts";
import { type ExternalRequest, requestSchema } from "../model/external-request.ts";
import type { FieldValue } from "../model/field.ts";
import { checkJsonTemplate, hostOf, renderRequest } from "./external-request.ts";
import { renderTemplate } from "./template.ts";

function render(written: Partial<ExternalRequest>, fields: Record<string, FieldValue> = {}) {
  const scope = {
    contact: aContact({ fields, profile: { email: "ann@example.com" } }),
    bot: aBot(),
    variables: {},
    values: {},
  };
  const request = requestSchema.parse({ url: "https://a.example/", ...written });
  const rendering = renderRequest(request, (template) => renderTemplate(template, scope, noon));
  if (!rendering.ok) throw new Error(rendering.message);
  return rendering.request;
}

describe("a request", () => {
  it("gets its names put into address, query, headers and body, with fallbacks", () => {
    const made = render({
      method: "POST",
      url: "https://a.example/people/{{ contact.email }}?x=1#top",
      query: [{ name: "level", value: "{{ fields.level | default: 'new & free' }}" }],
      headers: [{ name: "X-Mail", value: "{{ contact.email }}" }],
      body: { type: "form", fields: [{ name: "mail", value: "{{ contact.email }}" }] },
    });
    expect(made).toEqual({
      method: "POST",
      url: "https://a.example/people/ann@example.com?x=1&level=new%20%26%20free#top",
      headers: { "X-Mail": "ann@example.com", "Content-Type": "application/x-www-form-urlencoded" },
      body: "mail=ann%40example.com",
    });
  });

  it("keeps the content type that somebody wrote, and sends no body with GET", () => {
    const body = { type: "json", text: '{"a": 1}' } as const;
    const headers = [{ name: "content-type", value: "application/vnd.api+json" }];
    expect(render({ method: "PUT", body, headers }).headers).toEqual({ "content-type": "application/vnd.api+json" });
    expect(render({ method: "GET", body }).body).toBeUndefined();
  });

  it("stays JSON whatever a value holds", () => {
    const text = '{"name": "{{ fields.name }}", "list": ["{{ fields.name }}"]}';
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((one) => one.isWellFormed()),
        (name) => {
          const { body = "" } = render({ method: "POST", body: { type: "json", text } }, { name });
          const shown = JSON.parse(body) as { name: string; list: string[] };
          expect(shown.list).toEqual([shown.name]);
        },
      ),
    );
    const { body } = render({ method: "POST", body: { type: "json", text } }, { name: 'say "hi"\n\\' });
    expect(JSON.parse(body ?? "")).toEqual({ name: 'say "hi"\n\\', list: ['say "hi"\n\\'] });
  });

  it("puts values in that are no text where a text is one output ending in json", () => {
    const text =
      '{"age": "{{ fields.age | json }}", "tags": "{{ contact.tags | json }}", "none": "{{ fields.no | json }}"}';
    const { body } = render({ method: "POST", body: { type: "json", text } }, { age: 41 });
    expect(JSON.parse(body ?? "")).toEqual({ age: 41, tags: [], none: null });
  });

  it("that cannot be put together says why", () => {
    expect(() => render({ url: "https://a.example/{{ contact.email | nofilter }}" })).toThrow("nofilter");
    expect(checkJsonTemplate('{"a": {{ fields.age }}}')?.message).toContain("no JSON as it is written");
    expect(checkJsonTemplate('{"a": "{{ fields.age }}"}')).toBeUndefined();
  });
});

it.each([
  ["https://A.example:8080/x?y", "a.example:8080"],
  ["http://user:pw@b.example", "b.example"],
  ["no address", ""],
])("the host of %s is %s", (url, host) => expect(hostOf(url)).toBe(host));
