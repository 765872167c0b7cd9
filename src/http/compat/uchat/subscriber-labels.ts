import { z } from "zod";
import { ok, okSchema } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { listOfUpTo, text } from "./input.ts";

const input = z.object({ user_ns: text(60), data: listOfUpTo(20, z.object({ label_name: text(200) })) });

async function changeLabels(
  call: Call,
  action: "add_label" | "remove_label",
  { user_ns, data }: z.output<typeof input>,
) {
  const contact = await call.addressContact(user_ns);
  const calls = data.map(({ label_name }) => ({ action, args: { label: label_name } }));
  await call.act(contact, calls);
  return ok;
}

export const subscriberLabelEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "POST",
    path: "/subscriber/add-labels-by-name",
    scope: "flow",
    summary: "Add labels by label name to subscriber, up to 20 labels",
    input,
    answer: okSchema,
    handle: (call, labels) => changeLabels(call, "add_label", labels),
  }),
  endpoint({
    method: "DELETE",
    path: "/subscriber/remove-labels-by-name",
    scope: "flow",
    summary: "Remove labels from subscriber by label name, up to 20 labels",
    input,
    answer: okSchema,
    handle: (call, labels) => changeLabels(call, "remove_label", labels),
  }),
];
