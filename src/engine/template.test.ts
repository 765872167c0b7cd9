import { describe, expect, it } from "vitest";
import { aBot, aContact, noon } from "../../test/builders.ts";
import { checkTemplate, renderNames, renderTemplate, type TemplateScope, toGlobals, toNames } from "./template.ts";

function render(template: string, scope: Partial<TemplateScope> = {}) {
  return renderTemplate(template, { contact: aContact(), bot: aBot(), variables: {}, values: {}, ...scope }, noon);
}

describe("a template", () => {
  const ann = aContact({
    profile: { firstName: "Ann", lastName: "Lee", email: "ann@example.com", clientExternalId: "k7" },
    fields: { city: "Moscow", sizes: ["S", "M"], big: 5 },
    tags: ["vip", "lead"],
    utm: { source: "ads" },
    entry: { link: "l1", payload: "p", at: noon, variables: { course: "A", price: 1 } },
  });

  it.each([
    ["no braces at all", "no braces at all"],
    ["{{ contact.first_name }} {{ contact.lastName }}", "Ann Lee"],
    ["{{ contact.name }}", "Ann Lee"],
    ["{{ contact.email }} {{ contact.utm.source }}", "ann@example.com ads"],
    ["{{ fields.city | upcase }} {{ fields.sizes }} {{ fields.big | plus: 2 }}", "MOSCOW S, M 7"],
    ["{{ clientExternalId }}/{{ externalId }}/{{ contact.client_external_id }}", "k7/k7/k7"],
    ["{% if contact.tags contains 'vip' %}yes{% endif %}", "yes"],
    ["{{ entry.link }} {{ vars.course }}", "l1 A"],
    ["{{ missing }}{{ fields.missing.deeper }}", ""],
    ['{{ fields.missing | default: "friend" }}', "friend"],
  ])("%s is rendered", (template, text) => {
    expect(render(template, { contact: ann })).toEqual({ text });
  });

  it.each([
    ["{{ missing | default: contact.name }}", "Ann Lee"],
    ["{{ fields.sizes[message.text] }}", "M"],
    ["{{ [vars.root].city }}", "Moscow"],
    ["{% assign who = contact.email %}{{ who }} {{ bot.name }}", "ann@example.com Bot"],
    ["{% for tag in contact.tags %}{{ tag }}{{ entry.payload }} {% endfor %}", "vipp leadp "],
    ["{% case fields.city %}{% when entry.link %}{% else %}{{ clientExternalId }}{% endcase %}", "k7"],
    ["{% capture all %}{{ fields.big }}{% endcapture %}{{ all }}{% unless message.text %}{% endunless %}", "5"],
  ])("%s is given all names that it looks up", (template, text) => {
    const scope = { contact: ann, message: { text: "1", attachments: [] }, variables: { root: "fields" } };
    expect(render(template, scope)).toEqual({ text });
    const whole = { bot: aBot(), values: {}, ...scope };
    expect(renderNames(template, toNames(whole), toGlobals(whole, noon))).toEqual({ text });
  });

  it("draws a sample that depends on the contact and the moment alone", () => {
    const template = "{{ 'a b c d e f g h' | split: ' ' | sample }}";
    expect(render(template, { contact: ann })).toEqual(render(template, { contact: ann }));
    const drawn = Array.from(
      { length: 50 },
      (_, id) => render(template, { contact: aContact({ cuid: `c${id}` }) }).text,
    );
    expect(new Set(drawn).size).toBeGreaterThan(4);
  });

  it("never gives half a character", () => {
    expect(render("{{ vars.smile | split: '' | first }}!", { variables: { smile: "😀" } })).toEqual({
      text: "\ufffd!",
    });
  });

  it("refuses filters that read the process's clock", () => {
    expect(checkTemplate("{{ 'now' | date_to_string }}")?.message).toContain("date_to_string");
  });

  it("takes `vars` from the walk before the link, and from the link before the bot", () => {
    const scope = { contact: ann, variables: { course: "bot", price: 9, left: 3 }, values: { price: 2 } };
    expect(render("{{ vars.course }} {{ vars.price }} {{ vars.left }}", scope).text).toBe("A 2 3");
  });

  it("falls back on empty text too", () => {
    expect(
      render('{{ contact.first_name | default: "friend" }}', { contact: aContact({ profile: { firstName: "" } }) })
        .text,
    ).toBe("friend");
  });

  it("knows only the event's time, in the contact's zone", () => {
    const contact = aContact({ profile: { timeZone: "Asia/Tokyo" } });
    expect(render('{{ "now" | date: "%d.%m.%Y %H:%M" }}', { contact }).text).toBe("20.11.2026 21:00");
    expect(render('{{ "2026-12-31" | date: "%-d %B" }}', { contact }).text).toBe("31 December");
  });

  it("takes the bot's zone, and then UTC, where a name is no zone", () => {
    const contact = aContact({ profile: { timeZone: "Moscow" } });
    expect(render('{{ "now" | date: "%H:%M" }}', { contact, bot: aBot({ timeZone: "Asia/Tokyo" }) }).text).toBe(
      "21:00",
    );
    expect(render('{{ "now" | date: "%H:%M" }}', { contact, bot: aBot({ timeZone: "Mars/Base" }) }).text).toBe("12:00");
    expect(render('{{ "now" | date: "%H:%M", "Mars/Base" }}').text).toBe("now");
  });

  it("shows nothing for Liquid's own words", () => {
    expect(render("[{{ nil }}{{ blank }}{{ empty }}{% for i in (1..2) %}{{ forloop }}{% endfor %}]").text).toBe("[]");
  });

  it("reaches nothing of a prototype's", () => {
    expect(render("{{ contact.constructor }}{{ fields.__proto__ }}{{ contact.tags.constructor.name }}").text).toBe("");
  });

  it.each([
    "{% for i in (1..1000000000) %}x{% endfor %}",
    "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
    '{% assign s = "xxxxxxxxxxxxxxxx" %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
  ])("that would run for ever comes out empty, with the reason: %s", (template) => {
    const started = performance.now();
    expect(render(template)).toEqual({ text: "", error: expect.stringContaining("template") });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each(["{% include 'a' %}", "{% render 'package.json' %}", "{% layout '/etc/passwd' %}"])(
    "reads no file: %s",
    (template) => {
      expect(render(template)).toEqual({ text: "", error: expect.any(String) });
    },
  );

  it("that is broken is told so before it is used", () => {
    expect(checkTemplate("{{ contact.name ")?.message).toEqual(expect.stringContaining("template"));
    expect(checkTemplate("{{ contact.name | nonsense }}")?.message).toEqual(expect.stringContaining("nonsense"));
    expect(checkTemplate("{{ contact.name }}")).toBeUndefined();
  });
});
