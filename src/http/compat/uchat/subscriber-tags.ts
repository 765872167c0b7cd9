import { z } from "zod";
import type { ActionResult } from "../../../model/outcome.ts";
import { ok, okSchema } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint, type Method, type NamedThing } from "./endpoint.ts";
import { listOfUpTo, text } from "./input.ts";

const ns = text(60);
const name = text(200);

type Action = "add_tag" | "remove_tag";

/** Tags by ns: the catalogue names them by name, and a name that is some seconds old may be another's by now. */
async function changeTagsByNs(call: Call, action: Action, userNs: string, tagNs: readonly string[]) {
  const contact = await call.addressContact(userNs);
  const run = async (tags: readonly NamedThing[]) =>
    await call.act(
      contact,
      tags.map(({ name: tag }) => ({ action, args: action === "add_tag" ? { tag, create: false } : { tag } })),
    );
  const tags = await call.requireNamed("tag", tagNs);
  const results = await run(tags);
  if (results.every((result) => wasFound(action, result))) return ok;
  const fresh = await call.requireNamed("tag", tagNs, true);
  const renamed = fresh.filter(({ name }, index) => name !== tags[index]?.name);
  if (renamed.length > 0) await run(renamed);
  return ok;
}

/** Whether the action met the tag under the name it was given. */
function wasFound(action: Action, result: ActionResult): boolean {
  const said = result.ok ? result.result : undefined;
  if (typeof said !== "object" || said === null || Array.isArray(said)) return false;
  return action === "add_tag" ? said.reason === undefined : said.removed === true;
}

async function changeTagsByName(call: Call, action: Action, userNs: string, names: readonly string[]) {
  const contact = await call.addressContact(userNs);
  await call.act(
    contact,
    names.map((tag) => ({ action, args: { tag } })),
  );
  return ok;
}

function tagEndpoints(action: Action, method: Method, verb: string, summary: string) {
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
