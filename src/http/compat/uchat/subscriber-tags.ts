import { z } from "zod";
import { ok, okSchema } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint, type Method } from "./endpoint.ts";
import { listOfUpTo, text } from "./input.ts";
import { requireNamed } from "./named-things.ts";

const ns = text(60);
const name = text(200);

/** Tags by ns: the catalogue names them by name. */
async function changeTagsByNs(call: Call, action: "add_tag" | "remove_tag", userNs: string, tagNs: readonly string[]) {
  const contact = await call.addressContact(userNs);
  const tags = await requireNamed(call, "tag", tagNs);
  const calls = tags.map(({ name: tag }) => ({ action, args: { tag } }));
  await call.act(contact, calls);
  return ok;
}

async function changeTagsByName(
  call: Call,
  action: "add_tag" | "remove_tag",
  userNs: string,
  names: readonly string[],
) {
  const contact = await call.addressContact(userNs);
  await call.act(
    contact,
    names.map((tag) => ({ action, args: { tag } })),
  );
  return ok;
}

function tagEndpoints(action: "add_tag" | "remove_tag", method: Method, verb: string, summary: string) {
  const common = { method, scope: "flow", answer: okSchema } as const;
  return [
    endpoint({
      ...common,
      path: `/subscriber/${verb}-tag`,
      summary: `${summary} a tag`,
      input: z.object({ user_ns: ns, tag_ns: ns }),
      handle: (call, { user_ns, tag_ns }) => changeTagsByNs(call, action, user_ns, [tag_ns]),
    }),
    endpoint({
      ...common,
      path: `/subscriber/${verb}-tags`,
      summary: `${summary} up to 20 tags`,
      input: z.object({ user_ns: ns, data: listOfUpTo(20, z.object({ tag_ns: ns })) }),
      handle: (call, { user_ns, data }) =>
        changeTagsByNs(
          call,
          action,
          user_ns,
          data.map(({ tag_ns }) => tag_ns),
        ),
    }),
    endpoint({
      ...common,
      path: `/subscriber/${verb}-tag-by-name`,
      summary: `${summary} a tag by its name`,
      input: z.object({ user_ns: ns, tag_name: name }),
      handle: (call, { user_ns, tag_name }) => changeTagsByName(call, action, user_ns, [tag_name]),
    }),
    endpoint({
      ...common,
      path: `/subscriber/${verb}-tags-by-name`,
      summary: `${summary} up to 20 tags by their names`,
      input: z.object({ user_ns: ns, data: listOfUpTo(20, z.object({ tag_name: name })) }),
      handle: (call, { user_ns, data }) =>
        changeTagsByName(
          call,
          action,
          user_ns,
          data.map(({ tag_name }) => tag_name),
        ),
    }),
  ];
}

export const subscriberTagEndpoints: readonly AnyEndpoint[] = [
  ...tagEndpoints("add_tag", "POST", "add", "Give the subscriber"),
  ...tagEndpoints("remove_tag", "DELETE", "remove", "Take from the subscriber"),
];
