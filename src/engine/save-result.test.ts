import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue, fieldsOf } from "../../test/builders.ts";
import type { ActionCall } from "../model/action-call.ts";
import { flowDocumentSchema } from "../model/flow.ts";
import { advance } from "../steps/advance.ts";
import { validateFlow } from "./validate-flow.ts";

const save = (mapping: object): ActionCall => ({
  action: "list_cart_items",
  args: {},
  save: [mapping] as ActionCall["save"],
});
const bot = (flows: Parameters<typeof aFlow>[0][] = []) =>
  aBot({ fields: fieldsOf({ items: "number" }), flows: flows.map(aFlow) });

describe("what an action gives", () => {
  it("is kept in a variable of the walk and in a field, in a flow", () => {
    const actions = [save({ path: "$.quantity", variable: "many" }), save({ path: "$.total", field: "items" })];
    const flow = {
      triggers: [{ kind: "default_reply" as const }],
      steps: [
        { ref: "look", kind: "action", config: { actions } },
        { ref: "say", kind: "message", config: { messages: [{ text: "{{ vars.many }} items" }] } },
      ],
      edges: [{ from: "look", output: "next", to: "say" }],
    };
    const event = anEvent({ kind: "message", message: { text: "cart", attachments: [] } });
    const outcome = advance(aWorld({ bot: bot([flow]) }), event);
    expect(outcome.messages.map(({ content }) => content.text)).toEqual(["0 items"]);
    expect(outcome.contact.fields).toEqual({ items: 0 });
    expect(outcome.facts).toContainEqual({ kind: "field_changed", field: "items", value: 0 });
  });

  it("is kept in a field where a door asks, and never in a variable, which only a walk has", () => {
    const ask = (call: ActionCall) =>
      advance(
        aWorld({ bot: bot(), contact: aContact() }),
        anEvent({ kind: "actions", actions: [call] }, { source: "api" }),
      );
    expect(ask(save({ path: "$.quantity", field: "items" })).contact.fields).toEqual({ items: 0 });
    for (const mapping of [
      { path: "$.quantity", variable: "many" },
      { path: "quantity", field: "items" },
    ]) {
      expect(ask(save(mapping)).answer).toMatchObject({ status: "refused", code: "action.bad_arguments" });
    }
  });

  it("is checked before a flow is published: the path, and that there is such a field", () => {
    const problems = (mapping: object) => {
      const steps = [{ ref: "look", kind: "action", config: { actions: [save(mapping)] } }];
      const document = flowDocumentSchema.parse({ name: "f", start: "look", steps });
      return validateFlow(document, catalogue, bot()).map(({ severity, code }) => [severity, code]);
    };
    expect(problems({ path: "$.quantity", field: "items" })).toEqual([]);
    expect(problems({ path: "quantity", field: "items" })).toEqual([["error", "action.bad_arguments"]]);
    expect(problems({ path: "$.quantity", field: "nosuch" })).toEqual([["warning", "field.not_found"]]);
    expect(problems({ path: "$.quantity" })).toEqual([["error", "step.bad_config"]]);
  });
});
