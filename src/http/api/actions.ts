import { z } from "zod";
import { actions } from "../../actions/index.ts";
import type { ActionType } from "../../engine/action-type.ts";
import { listOf } from "../contract/common.ts";
import { actionTypeSchema } from "../contract/contacts.ts";
import { type ApiResource, route } from "./route.ts";

function presentAction({ name, title, group, description, args, example }: ActionType<never>) {
  const schema = z.toJSONSchema(args, { io: "input", unrepresentable: "any" });
  return { name, title, group, description, args: schema as Record<string, unknown>, example };
}

export const actionResource: ApiResource = (app) => {
  app.get(
    "/actions",
    route(
      {
        id: "listActions",
        tag: "Contacts",
        summary: "List what can be done to a contact",
        scope: "contacts:read",
      },
      {},
      listOf(actionTypeSchema),
    ),
    async () => ({ data: Object.values(actions).map((action) => presentAction(action as ActionType<never>)) }),
  );
};
