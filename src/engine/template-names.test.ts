import { describe, expect, it } from "vitest";
import { aBot, catalogue, fieldsOf } from "../../test/builders.ts";
import { flowDocumentSchema } from "../model/flow.ts";
import { findNear } from "./near-name.ts";
import { listPaths } from "./template.ts";
import { findUnknownNames } from "./template-names.ts";
import { validateFlow } from "./validate-flow.ts";

const known = {
  fields: new Map([
    ["city", "City"],
    ["home_town", "Heimatort"],
  ]),
  variables: new Set(["price"]),
};
const told = (template: string) => findUnknownNames(template, known).map(({ message }) => message);

describe("what a template looks up", () => {
  it("is what stands outside of it: no assigned names, no loops' names, no filters", () => {
    const template = `{% assign town = fields.city %}{% capture all %}{{ town }}{% endcapture %}
      {% for tag in contact.tags %}{{ forloop.index }} {{ tag }}{% endfor %}
      {{ all | append: vars.price | default: "none" }} {{ fields[contact.language] }} {% if true and nil == blank %}{% endif %}`;
    const paths = listPaths(template).map((path) => path.join("."));
    expect(paths.toSorted()).toEqual(["contact.language", "contact.tags", "fields", "fields.city", "vars.price"]);
    expect(listPaths("no template")).toEqual([]);
    expect(listPaths("{{ half")).toEqual([]);
  });
});

describe("a name that nothing is called by", () => {
  it("is told with the one that was likely meant", () => {
    expect(told("Hi from {{ fields.citty }}")).toEqual([
      "{{ fields.citty }} stays empty: there is no such field; did you mean {{ fields.city }}?",
    ]);
    expect(told('{{ contact.first_nmae | default: "friend" }}')).toEqual([
      "{{ contact.first_nmae }} stays empty: nothing is called so; did you mean {{ contact.first_name }}?",
    ]);
    expect(told("{{ contact.citty }} {{ citty }}")).toEqual([
      "{{ contact.citty }} stays empty: nothing is called so; did you mean {{ fields.city }}?",
      "{{ citty }} stays empty: nothing is called so; did you mean {{ fields.city }}?",
    ]);
    expect(told("{{ fields.Heimatort }}")[0]).toMatch(/did you mean \{\{ fields\.home_town \}\}\?$/);
    expect(told("{{ contact.utm.sorce }}")[0]).toMatch(/did you mean \{\{ contact\.utm\.source \}\}\?$/);
    expect(told("{{ vars.prise }}")[0]).toMatch(
      /no variable of the bot is called so; did you mean \{\{ vars\.price \}\}\?$/,
    );
    expect(told("{{ vars.weather }}")).toEqual([
      "{{ vars.weather }} stays empty: no step sets it, and no variable of the bot is called so",
    ]);
  });

  it("is no name that every contact has, no part of a value, and none in a script's hands", () => {
    const fine = `{{ contact.name }} {{ contact.first_name }} {{ contact.utm.source }} {{ contact.tags.size }} {{ contact.tags[0] }} {{ externalId }}
      {{ entry.link }} {{ message.text }} {{ bot.name }} {{ fields.city.deeper }} {{ vars.price }} {{ secrets.key }} {{ contact | json }} {{ fields | json }}`;
    expect(told(fine)).toEqual([]);
    expect(findUnknownNames("{{ vars.any }}", { ...known, variables: undefined })).toEqual([]);
  });

  it("is guessed at only where it is near", () => {
    const names = ["city", "first_name", "id"].map((name) => ({ name, path: name }));
    expect(findNear("ctiy", names)).toBe("city");
    expect(findNear("First name", names)).toBe("first_name");
    expect(findNear("it", names)).toBeUndefined();
    expect(findNear("country", names)).toBeUndefined();
  });
});

describe("a flow's texts", () => {
  const flow = (steps: readonly object[]) => flowDocumentSchema.parse({ name: "F", start: "a", steps });
  const warned = (steps: readonly object[]) =>
    validateFlow(flow(steps), catalogue, aBot({ fields: fieldsOf({ city: "text" }) }))
      .filter(({ code }) => code === "template.unknown_name")
      .map(({ step, severity, message }) => [step, severity, message.split(" stays")[0]]);
  const says = (ref: string, text: string) => ({ ref, kind: "message", config: { messages: [{ text }] } });

  it("are warned of each unknown name once a step, wherever in the step it stands", () => {
    const buttons = [{ id: "x", title: "{{ fields.town }}" }];
    expect(
      warned([
        { ref: "a", kind: "message", config: { messages: [{ text: "{{ fields.town }} {{ fields.city }}", buttons }] } },
      ]),
    ).toEqual([["a", "warning", "{{ fields.town }}"]]);
  });

  it("know what any step of the flow keeps, and what a script keeps under a name that shows when it runs", () => {
    const asks = {
      ref: "b",
      kind: "question",
      config: { text: "?", answer: { type: "text" }, saveTo: { variable: "size" } },
    };
    expect(warned([says("a", "{{ vars.size }} {{ vars.colour }}"), asks])).toEqual([
      ["a", "warning", "{{ vars.colour }}"],
    ]);
    const script = { ref: "c", kind: "script", config: { code: "for (const key of ['a']) vars[key] = 1;" } };
    expect(warned([says("a", "{{ vars.colour }}"), script])).toEqual([]);
  });

  it("are looked through quickly: 500 steps anew within a letter's time", () => {
    const steps = Array.from({ length: 500 }, (_, at) =>
      says(`s${at}`, `Hello {{ contact.first_name }}, {{ fields.city${at} }}`),
    );
    const document = flow(steps);
    const bot = aBot({
      fields: fieldsOf(Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`f${at}`, "text"]))),
    });
    validateFlow(document, catalogue, bot);
    const begun = performance.now();
    validateFlow(document, catalogue, bot);
    // With a mistake in each some 80 ms on two busy cores, and 10 ms without.
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
