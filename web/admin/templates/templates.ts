import {
  type Edge,
  type FlowDocument,
  flowDocumentSchema,
  type StoredStep,
  type Trigger,
} from "../../../src/model/flow.ts";
import type { templateWords } from "./en-templates.ts";

type Words = typeof templateWords;
export type TemplateKey = keyof Words;

/** A ready flow, in one language. It names no field: those a workspace may not have. */
export interface FlowTemplate {
  readonly key: TemplateKey;
  readonly title: string;
  readonly about: string;
  readonly document: FlowDocument;
}

type Step = Omit<StoredStep, "at">;
interface Drawing {
  readonly triggers: readonly Trigger[];
  /** The first is where it begins. */
  readonly steps: readonly Step[];
  /** `from output to` each. */
  readonly edges: readonly string[];
}

export function flowTemplates(words: Words): readonly FlowTemplate[] {
  return Object.entries(drawings).map(([key, draw]) => {
    const known = key as TemplateKey;
    const { title, about } = words[known];
    const { triggers, steps, edges } = draw(words);
    const name = title;
    const document = flowDocumentSchema.parse({
      name,
      triggers,
      start: steps[0]?.ref,
      steps,
      edges: edges.map(toEdge),
    });
    return { key: known, title, about, document };
  });
}

function toEdge(text: string): Edge {
  const [from = "", output = "", to = ""] = text.split(" ");
  return { from, output, to };
}

const says = (ref: string, text: string, buttons: Readonly<Record<string, string>> = {}): Step => ({
  ref,
  kind: "message",
  config: { messages: [{ text, buttons: Object.entries(buttons).map(([id, title]) => ({ id, title })) }] },
});
const asks = (ref: string, text: string, answer: object, more: object = {}): Step => ({
  ref,
  kind: "question",
  config: { text, answer, ...more },
});
const does = (ref: string, ...actions: readonly object[]): Step => ({ ref, kind: "action", config: { actions } });
const waits = (ref: string, amount: number, unit: string): Step => ({
  ref,
  kind: "delay",
  config: { mode: "duration", amount, unit },
});
const tag = (name: string) => ({ action: "add_tag", args: { tag: name } });
const keyword = (word: string): Trigger => ({ kind: "keyword", match: "exact", words: [word], interrupts: true });

const drawings: { readonly [K in TemplateKey]: (words: Words) => Drawing } = {
  welcome: ({ welcome: w }) => ({
    triggers: [{ kind: "start" }],
    steps: [
      says("hello", w.hello, { learn: w.learn, ask: w.ask }),
      says("learn", w.learnText),
      asks("ask", w.askText, { type: "text" }, { saveTo: { variable: "question" } }),
      does("mark", tag("question")),
      says("thanks", w.thanks),
    ],
    edges: ["hello button:learn learn", "hello button:ask ask", "ask answered mark", "mark next thanks"],
  }),
  quiz: ({ quiz: w }) => ({
    triggers: [keyword(w.word)],
    steps: [
      asks("first", w.first, choice({ right: "6", wrong: "8" })),
      asks("second", w.second, choice({ right: w.secondRight, wrong: w.secondWrong })),
      does("won", tag("quiz won")),
      says("result", w.result),
      says("again", w.again, { retry: w.retry }),
    ],
    edges: [
      "first choice:right second",
      "first choice:wrong again",
      "first invalid again",
      "second choice:right won",
      "second choice:wrong again",
      "second invalid again",
      "won next result",
      "again button:retry first",
    ],
  }),
  lead: ({ lead: w }) => ({
    triggers: [keyword(w.word)],
    steps: [
      asks("name", w.name, { type: "text" }, { saveTo: { profile: "name" }, timeout: { amount: 1, unit: "days" } }),
      asks("email", w.email, { type: "email" }, { saveTo: { profile: "email" }, retryText: w.emailAgain }),
      asks("phone", w.phone, { type: "phone" }, { saveTo: { profile: "phone" }, retryText: w.phoneAgain }),
      does("mark", tag("lead")),
      says("thanks", w.thanks),
      says("later", w.later),
    ],
    edges: [
      "name answered email",
      "name timeout later",
      "email answered phone",
      "email invalid later",
      "phone answered mark",
      "phone invalid mark",
      "mark next thanks",
    ],
  }),
  webinar: ({ webinar: w }) => ({
    triggers: [keyword(w.word)],
    steps: [
      says("invite", w.invite, { yes: w.yes, no: w.no }),
      does("book", tag("webinar")),
      says("booked", w.booked),
      waits("eve", 23, "hours"),
      says("remind", w.reminder),
      waits("end", 2, "hours"),
      says("after", w.after, { good: w.good, bad: w.bad }),
      does("liked", tag("webinar liked")),
      says("thanks", w.thanks),
      says("pity", w.pity),
    ],
    edges: [
      "invite button:yes book",
      "invite button:no pity",
      "book next booked",
      "booked next eve",
      "eve next remind",
      "remind next end",
      "end next after",
      "after button:good liked",
      "after button:bad thanks",
      "liked next thanks",
    ],
  }),
  order: ({ order: w }) => ({
    triggers: [keyword(w.word)],
    steps: [
      asks("number", w.number, { type: "number" }, { saveTo: { variable: "order" }, retryText: w.numberAgain }),
      {
        ref: "look",
        kind: "request",
        config: {
          url: "https://shop.example/orders/{{ vars.order }}",
          save: [{ from: "body", path: "$.status", variable: "status" }],
        },
      },
      says("status", w.status),
      does("note", { action: "add_label", args: { label: "order status" } }),
      says("failed", w.failed),
    ],
    edges: [
      "number answered look",
      "number invalid failed",
      "look success status",
      "look failure note",
      "look timeout note",
      "note next failed",
    ],
  }),
  support: ({ support: w }) => ({
    triggers: [keyword(w.word)],
    steps: [
      says("menu", w.menu, { delivery: w.delivery, payment: w.payment, person: w.person }),
      says("delivery", w.deliveryText),
      says("payment", w.paymentText),
      asks("person", w.personText, { type: "text" }, { saveTo: { variable: "question" } }),
      says("thanks", w.thanks),
      does(
        "hand_over",
        { action: "add_note", args: { text: w.note } },
        { action: "move_conversation", args: { status: "open" } },
        { action: "pause_bot", args: { minutes: 1440 } },
      ),
    ],
    edges: [
      "menu button:delivery delivery",
      "menu button:payment payment",
      "menu button:person person",
      "person answered thanks",
      "thanks next hand_over",
    ],
  }),
};

function choice(options: Readonly<Record<string, string>>): object {
  return { type: "choice", options: Object.entries(options).map(([id, title]) => ({ id, title })) };
}
