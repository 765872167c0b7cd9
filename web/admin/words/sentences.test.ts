import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { validateFlow } from "../../../src/engine/validate-flow.ts";
import { flowDocumentSchema } from "../../../src/model/flow.ts";
import { type Sentence, say, sayIssue, sayPlaces } from "../../../src/model/sentence.ts";
import { steps } from "../../../src/steps/index.ts";
import { places as englishPlaces } from "./en/places.ts";
import { places as russianPlaces } from "./ru/places.ts";
import { sentenceWords as ru } from "./ru/sentences.ts";
import { isOnlyPlaces, sayAlone, sayIn } from "./sentences.ts";

/** What the admin hears of: its own API, the engine and all below. Doors that speak a vendor's English, and the terminal, are none of it; what the doctor finds stands on a page too. */
const heard = globSync("src/**/*.ts").filter(
  (path) => !/\.test\.ts$|^src\/(http\/(compat|webchat|webhooks)|app(?!\/doctor)|channels)\//.test(path),
);
const sources = heard.map((path) => ({ path, text: readFileSync(path, "utf8") }));

/** Every form that is written with `say`, with its parameters' names in braces. */
function findForms(text: string): string[] {
  return [...text.matchAll(/\bsay`/g)].map(({ index }) => readForm(text, index + 4));
}

function readForm(text: string, from: number): string {
  let form = "";
  for (let at = from; text[at] !== "`"; at += 1) {
    if (text.startsWith("${{", at)) {
      form += `{${/\w+/.exec(text.slice(at + 3))?.[0]}}`;
      at = endOfPlace(text, at);
    } else form += text[at] === "\\" ? text[++at] : text[at];
  }
  return form;
}

function endOfPlace(text: string, from: number): number {
  let depth = 0;
  for (let at = from + 1; ; at += 1) {
    if (text[at] === "`") at = text.indexOf("`", at + 1);
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}" && --depth === 0) return at;
  }
}

/** What schemas say in words of their own. */
function findNotes(text: string): string[] {
  const patterns = [/\.(?:regex|refine)\([^"`]*?,\s*"([a-z][^"]+)"\s*,?\s*\)/g, /\berror:\s*"([a-z][^"]+)"/g];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, note = ""]) => note));
}

const placesOf = (form: string) => form.match(/\{\w+\}/g) ?? [];
const forms = new Set(sources.flatMap(({ text }) => findForms(text)));
const notes = new Set(
  sources
    .filter(({ path }) => /^src\/(model|steps|actions|engine|http\/contract)\//.test(path))
    .flatMap(({ text }) => findNotes(text)),
);

describe("what the server and the engine say", () => {
  it("is found where it is written", () => {
    expect(forms).toContain('two steps have the ref "{ref}"');
    expect(forms).toContain("a link cannot carry {characters}; send the key as `data.externalId`");
    expect(notes).toContain("a time of day looks like 09:30");
    expect(forms.size).toBeGreaterThan(200);
  });

  it("has Russian words, every sentence of it", () => {
    const missing = [...forms, ...notes].filter((form) => !isOnlyPlaces(form) && !Object.hasOwn(ru.forms, form));
    expect(missing).toEqual([]);
  });

  it("has Russian words for nothing that nobody says", () => {
    const spoken = sources.map(({ text }) => text).join("\n");
    const known = (form: string) => forms.has(form) || notes.has(form) || spoken.includes(`"${form}"`);
    expect(Object.keys(ru.forms).filter((form) => !known(form))).toEqual([]);
  });

  it("names the same parameters in both languages, each once", () => {
    for (const [form, russian] of Object.entries(ru.forms)) {
      const places = placesOf(form);
      expect(new Set(places).size, form).toBe(places.length);
      expect(placesOf(russian).sort(), form).toEqual(places.sort());
    }
  });

  it("is said by way of `say`, or framed by its code where it comes from elsewhere", () => {
    const bare = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/new AppError\(\s*(?:"([\w.]+)"|`[^`]*`|[\w[\]]+),\s*(["`]|[\w.]+\.message\b)/g)].flatMap(
        ([, code = ""]) => (Object.hasOwn(ru.codes, code) ? [] : [`${path}: ${code}`]),
      ),
    );
    expect(bare).toEqual([]);
  });
});

describe("a sentence in Russian", () => {
  it("has its parameters, and the parameters' own sentences", () => {
    const inner = say`has to be a number`;
    expect(sayIn(ru, say`the field "${{ field: "Рост" }}" ${{ why: inner }}`)).toBe("поле «Рост»: должно быть числом");
    expect(
      sayIn(ru, say`the flow cannot be published: ${{ problems: [say`the flow has no first step`, inner] }}`),
    ).toBe("сценарий нельзя опубликовать: у сценария нет первого шага; должно быть числом");
  });

  it("stays English where nobody translated it, within the words for its code", () => {
    expect(sayIn(ru, { message: "Forbidden: bot was blocked", code: "channel.connect_failed" })).toBe(
      "мессенджер не принял подключение: Forbidden: bot was blocked",
    );
    expect(sayIn(ru, { message: "of a newer server", form: "of a {what} server", code: "new.code" })).toBe(
      "of a newer server",
    );
    expect(sayIn(undefined, say`there is no tag ${{ id: 5 }}`)).toBe("there is no tag 5");
  });

  it("says what a schema refused, after its way over the wire", () => {
    const schema = z.object({
      name: z.string().min(1),
      ref: z.string().min(3),
      age: z.number().max(10),
      mode: z.enum(["a", "b"]),
      address: z.url(),
      rule: z.object({}),
      list: z.array(z.string()).min(1),
    });
    const input = { name: "", ref: "a", age: 99, mode: "c", address: "no", rule: null, list: [] };
    const { issues = [] } = schema.safeParse(input).error ?? {};
    const sent = JSON.parse(JSON.stringify(issues.map(sayIssue))) as ReturnType<typeof sayIssue>[];
    expect(sent.map(({ message }) => message)).toEqual([
      "has to be filled in",
      "needs 3 characters at least",
      "has to be 10 at most",
      'Invalid option: expected one of "a"|"b"',
      "Invalid URL",
      "is missing",
      "needs at least one entry",
    ]);
    expect(sent.map((one) => sayIn(ru, one))).toEqual([
      "нужно заполнить",
      "не короче 3 знаков",
      "должно быть не больше 10",
      'Неверный вариант: ожидалось одно из "a"|"b"',
      "Неверный URL",
      "не указано",
      "нужно хотя бы одно",
    ]);
  });

  it("has every step's title", () => {
    const titles = Object.values(steps).map(({ title }) => title);
    expect(titles.filter((title) => ru.values.stepTitle?.[title] === undefined)).toEqual([]);
  });

  it("names places as the forms do", () => {
    const problem = sayPlaces([{ path: "messages.0.text", ...say`has to be a text` }]);
    expect(sayIn(ru, problem)).toBe("сообщение 1, «Текст»: должно быть текстом");
  });

  it("tells every problem of a flow", () => {
    const flow = flowDocumentSchema.parse({
      name: "f",
      start: "gone",
      steps: [
        { ref: "a", kind: "nothing", config: {} },
        { ref: "b", kind: "split", config: { branches: [{ id: "x", title: "", weight: 0 }] } },
        { ref: "c", kind: "message", config: { messages: 5 } },
      ],
      edges: [{ from: "b", output: "no", to: "z" }],
      triggers: [{ kind: "start", step: "y" }],
    });
    const problems = validateFlow(flow, { steps, actions: {} });
    expect(problems.length).toBeGreaterThan(6);
    for (const problem of problems) expect(sayIn(ru, problem)).toMatch(/^(?=.*\p{Script=Cyrillic})/u);
  });
});

describe("a sentence that stands alone", () => {
  const en = { forms: {}, codes: {}, values: {}, places: englishPlaces };
  const at = (path: string, problem: Sentence) => sayPlaces([{ path, ...problem }]);
  const filled = say`has to be filled in`;

  it.each([
    [at("actions.0.action", filled), "Action 1: choose what to do", "Действие 1: выберите, что сделать"],
    [
      at("messages.1.buttons.0.title", filled),
      "Message 2, button 1: write what it says",
      "Сообщение 2, кнопка 1: напишите надпись",
    ],
    [at("text", filled), "Write the text", "Напишите текст"],
    [at("retries", say`has to be a number`), "“Retries” has to be a number", "«Повторов»: должно быть числом"],
    [
      at("answer.options.0.title", say`has to be a text`),
      "“Answer”, answer 1: “Title” has to be a text",
      "«Ответ», вариант 1, «Название»: должно быть текстом",
    ],
    [
      say`${{ where: "add_tag, tag" }}: ${{ problem: filled }}`,
      "“Add a tag”: choose a tag",
      "«Добавить тег»: выберите тег",
    ],
    [say`the flow has no first step`, "The flow has no first step", "У сценария нет первого шага"],
    [say`"${{ output: "Go" }}" leads nowhere`, '"Go" leads nowhere', "«Go» никуда не ведёт"],
  ])("begins as one, and says where and what", (sentence, english, russian) => {
    expect([sayAlone(en, sentence), sayAlone(ru, sentence)]).toEqual([english, russian]);
  });

  it("leaves what somebody named as they named it", () => {
    const said = say`${{ email: "ann@example.org" }} has no second factor`;
    expect(sayAlone(en, said)).toBe("ann@example.org has no second factor");
    expect(sayAlone(en, { message: "fetch failed" })).toBe("Fetch failed");
  });

  it("says in both languages what to do where nothing is there", () => {
    expect(Object.keys(russianPlaces.missing).sort()).toEqual(Object.keys(englishPlaces.missing).sort());
  });
});
