import fc from "fast-check";
import { prepareFlow } from "../src/engine/prepare-flow.ts";
import type { AnyStep } from "../src/engine/step-type.ts";
import type { ActionCall } from "../src/model/action-call.ts";
import type { Happening } from "../src/model/event.ts";
import { type FlowDocument, flowDocumentSchema } from "../src/model/flow.ts";
import { steps } from "../src/steps/index.ts";

/** Flows, happenings and whatever else a property needs, as chance will have them. Refs, tags and fields are few, so that they meet. */
export const flowRefs = ["f1", "f2"] as const;
export const stepRefs = ["s1", "s2", "s3", "s4", "s5", "s6"] as const;
export const tagNames = ["red", "green", "blue"] as const;
export const fieldKinds = { city: "text", size: "number", seen: "boolean", born: "date", list: "list" } as const;
export const variableKinds = { counter: "number", word: "text" } as const;
export const sequenceRefs = ["q1", "q2"] as const;
/** By sku: how many there are. */
export const stocks = { tea: 3, mate: null } as const;

const flowRef = fc.constantFrom(...flowRefs, "gone");
const stepRef = fc.constantFrom(...stepRefs, "gone");
const tag = fc.constantFrom(...tagNames);
const words = ["hello", "stop", "7", "ann@example.com", "+7 999 123-45-67", "31.12.2026", "yes", "👍", ""] as const;
const template = fc.constantFrom(
  "plain",
  "Hi {{ contact.first_name | default: 'friend' }}",
  "{{ fields.city }} {{ vars.word }} {{ vars.counter | plus: 1 }}",
  "{{ message.text | upcase }}",
  "{{ broken",
  "",
);

const call = (action: string, args: ActionCall["args"]): ActionCall => ({ action, args });
export const shopCall: fc.Arbitrary<ActionCall> = fc.oneof(
  fc
    .record({ variant: fc.constantFrom(...Object.keys(stocks), "gone"), quantity: fc.integer({ min: 1, max: 2 }) })
    .chain((item) =>
      fc.constantFrom(
        call("add_to_cart", item),
        call("remove_from_cart", { variant: item.variant }),
        call("create_order", { items: [item], note: "{{ contact.first_name }}" }),
      ),
    ),
  fc.constantFrom("check_out_cart", "empty_cart", "list_orders").map((action) => call(action, {})),
);
export const actionCall: fc.Arbitrary<ActionCall> = fc.oneof(
  tag.map((name) => call("add_tag", { tag: name })),
  tag.map((name) => call("remove_tag", { tag: name })),
  tag.map((name) => call("add_label", { label: name })),
  tag.map((name) => call("remove_label", { label: name })),
  fc
    .record({ field: fc.constantFrom(...Object.keys(fieldKinds), "gone"), value: fc.oneof(template, fc.jsonValue()) })
    .map((args) => call("set_field", args)),
  fc.constantFrom(...Object.keys(fieldKinds)).map((field) => call("clear_field", { field })),
  fc
    .record({ variable: fc.constantFrom("counter", "word", "gone"), value: template })
    .map((args) => call("set_variable", args)),
  fc.constantFrom(...sequenceRefs, "gone").map((sequence) => call("subscribe_sequence", { sequence })),
  fc.constantFrom(...sequenceRefs).map((sequence) => call("unsubscribe_sequence", { sequence })),
  fc.record({ flow: flowRef, step: stepRef }, { requiredKeys: ["flow"] }).map((args) => call("start_flow", args)),
  fc.record({ flow: flowRef, step: stepRef }, { requiredKeys: ["flow"] }).map((args) => call("stop_flow", args)),
  template.map((content) => call("send_message", { content })),
  template.map((text) => call("add_note", { text })),
  shopCall,
  fc.constantFrom("opt_in", "opt_out", "no_such_action").map((action) => call(action, {})),
  fc
    .record({
      key: fc.constantFrom("name", "email", "phone", "timeZone"),
      value: fc.constantFrom(...words, "Asia/Tokyo"),
    })
    .map((args) => call("set_profile", args)),
);
const actions = fc.array(actionCall, { minLength: 1, maxLength: 3 });

const buttonIds = ["b1", "b2"] as const;
const buttons = fc.subarray([...buttonIds]).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        title: fc.constantFrom("yes", "no"),
        actions: fc.array(actionCall, { maxLength: 1 }),
      }),
    ),
  ),
);
const rule = fc.oneof(
  tag.map((key) => ({ subject: "tag" as const, key, operator: "has" })),
  fc.constantFrom("city", "size").map((key) => ({ subject: "field" as const, key, operator: "is_set" })),
  fc.constant({ subject: "message" as const, operator: "contains", value: "hello" }),
  fc.constant({ subject: "message" as const, operator: "matches", value: "(a+)+$" }),
);
const condition = fc.record({
  match: fc.constantFrom("all" as const, "any" as const),
  rules: fc.array(rule, { maxLength: 3 }),
});

/** A step of a random kind, with a config that its own schema takes. */
const kindAndConfig: fc.Arbitrary<{ kind: string; config: Record<string, unknown> }> = fc.oneof(
  fc.record({
    kind: fc.constant("message"),
    config: fc.record({ messages: fc.tuple(fc.record({ text: template, buttons })), quickReplies: fc.constant([]) }),
  }),
  fc.record({
    kind: fc.constant("question"),
    config: fc.record(
      {
        text: fc.constant("A question?"),
        answer: fc.record({
          type: fc.constantFrom("text", "number", "email", "phone", "date", "choice", "file"),
          options: fc.constant([
            { id: "b1", title: "yes" },
            { id: "b2", title: "no", value: "2" },
          ]),
        }),
        saveTo: fc.constantFrom(
          { field: "city" },
          { field: "size" },
          { field: "gone" },
          { profile: "email" as const },
          { variable: "word" },
        ),
        retries: fc.nat(2),
        timeout: fc.constant({ amount: 5, unit: "minutes" as const }),
      },
      { requiredKeys: ["text", "answer"] },
    ),
  }),
  fc.record({ kind: fc.constant("condition"), config: condition.map((given) => ({ condition: given })) }),
  fc.record({
    kind: fc.constant("delay"),
    config: fc.constantFrom(
      { mode: "duration", amount: 1, unit: "hours" },
      { mode: "until_time", time: "09:30", weekdays: [1, 5] },
      { mode: "until_date", field: "born", offsetDays: 300 },
      { mode: "until_date", field: "gone" },
    ),
  }),
  fc.record({
    kind: fc.constant("query"),
    config: fc.constantFrom(
      {
        query: "list_messages",
        args: { limit: "{{ vars.counter }}" },
        save: [
          { path: "$.text", field: "city" },
          { path: "$.count", variable: "word" },
        ],
      },
      { query: "get_message", args: { mid: "{{ message.text }}" }, save: [{ path: "$.count", field: "size" }] },
    ),
  }),
  fc.record({ kind: fc.constant("action"), config: actions.map((list) => ({ actions: list })) }),
  fc.record({
    kind: fc.constant("split"),
    config: fc.constantFrom({
      branches: [
        { id: "b1", weight: 1 },
        { id: "b2", weight: 2 },
      ],
    }),
  }),
  fc.record({ kind: fc.constant("go_to"), config: fc.record({ flow: flowRef, step: stepRef }, { requiredKeys: [] }) }),
  fc.constant({ kind: "end", config: {} }),
  // What a later release's export may hold.
  fc.constant({ kind: "unknown_kind", config: {} }),
  fc.constant({ kind: "question", config: { text: 5 } }),
);

const trigger: fc.Arbitrary<FlowDocument["triggers"][number]> = fc.oneof(
  fc.constantFrom("start" as const, "entry_link" as const, "default_reply" as const).map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant("keyword" as const),
    match: fc.constantFrom("exact" as const, "contains" as const, "pattern" as const),
    words: fc.constantFrom<string[]>(["hello"], ["stop", "yes"], ["^h.llo$"], ["(unclosed"]),
    interrupts: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom("tag_added" as const, "tag_removed" as const), tag }),
  fc.record({ kind: fc.constant("field_changed" as const), field: fc.constantFrom("city", "size") }),
  fc.constantFrom("cart_changed" as const, "order_status" as const).map((kind) => ({ kind })),
);

/** A document whose edges leave from outputs that its steps have (and now and then lead nowhere). */
export const flowDocument: fc.Arbitrary<FlowDocument> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...stepRefs), { minLength: 1, maxLength: stepRefs.length }),
    fc.array(kindAndConfig, { minLength: stepRefs.length, maxLength: stepRefs.length }),
    fc.array(fc.tuple(fc.nat(), fc.nat(), stepRef), { maxLength: 14 }),
    fc.array(trigger, { minLength: 1, maxLength: 4 }),
  )
  .map(([refs, kinds, ends, triggers]) => {
    const drawn = refs.map((ref, index) => ({ ref, ...(kinds[index] ?? { kind: "end", config: {} }) }));
    const edges = ends.flatMap(([from, output, to]) => {
      const step = drawn[from % drawn.length];
      const outputs = step === undefined ? [] : outputsOf(step.kind, step.config);
      const name = outputs[output % Math.max(outputs.length, 1)];
      return step === undefined || name === undefined ? [] : [{ from: step.ref, output: name, to }];
    });
    return flowDocumentSchema.parse({ name: "random", start: refs[0], steps: drawn, edges, triggers });
  });

function outputsOf(kind: string, config: unknown): string[] {
  const type = (steps as Readonly<Record<string, AnyStep>>)[kind];
  const parsed = type?.config.safeParse(config);
  if (type === undefined || parsed?.success !== true) return [];
  return [...type.outputs(parsed.data as never).map(({ name }) => name), "error"];
}

/** What may happen to a contact by itself; `timers` and job results are made of its positions by whoever runs the property. */
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...words)
      .map((text): Happening => ({ kind: "message", message: { text, attachments: [] } })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Happening>({ kind: "message", message: { attachments: [{ kind: "image", fileId: "x" }] } }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Happening>({
      kind: "message_edited",
      message: { externalId: "1", text: "edited", attachments: [] },
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(flowRef, stepRef, fc.constantFrom(...buttonIds))
      .map(
        ([flow, step, button]): Happening => ({ kind: "button", payload: `${flow}:${step}:${button}`, title: "yes" }),
      ),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: "button", payload: "from a menu elsewhere" }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(undefined, "key", "eyJlIjoiYUBiLmMiLCJ2Ijp7IndvcmQiOiJ4In19", "eyJwIjoi", "l1")
      .map((payload): Happening => ({ kind: "start", payload })),
  },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ kind: "blocked" }, { kind: "unblocked" }) },
  { weight: 3, arbitrary: actions.map((list): Happening => ({ kind: "actions", actions: list })) },
);

export const prepareDocument = (ref: string, id: number, document: FlowDocument, version = 1) =>
  prepareFlow({ id, ref, name: ref, version, document }, steps);
