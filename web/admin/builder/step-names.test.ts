import { expect, it } from "vitest";
import { storedStepSchema } from "../../../src/model/flow.ts";
import { catalogueWords as en } from "../words/en/catalogue.ts";
import { catalogueIn } from "./catalogue.ts";
import { callStep, callSteps } from "./step-names.ts";

const catalogue = catalogueIn(en);
const message = (ref: string, text: string, name?: string) =>
  storedStepSchema.parse({ ref, kind: "message", name, config: { messages: [{ text }] } });

it("calls a step by its name, and one without by its kind and how its text begins, never by its ref", () => {
  expect(callStep(message("rwfmha", "Hi", "Greeting"), catalogue)).toBe("Greeting");
  expect(callStep(message("rwfmha", "Great, Rome it is! We shall write to you."), catalogue)).toBe(
    "Message: Great, Rome it is! We shall wr…",
  );
  expect(callStep(message("rwfmha", "Hello,\n{{ contact.first_name }}!"), catalogue)).toBe(
    "Message: Hello, {First name}!",
  );
  expect(callStep(message("rwfmha", ""), catalogue)).toBe("Message");
});

it("tells steps apart that say the same", () => {
  const names = callSteps([message("a", "Hi"), message("b", "Hi"), message("c", "Bye")], catalogue);
  expect([...names.values()]).toEqual(["Message: Hi", "Message: Hi (2)", "Message: Bye"]);
});
