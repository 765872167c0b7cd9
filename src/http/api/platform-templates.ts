import { requireChannel } from "../../store/channel-store.ts";
import { platformTemplateSchema } from "../contract/channels.ts";
import { idParams, listOf } from "../contract/common.ts";
import { listPlatformTemplates } from "./connect-channel.ts";
import { type ApiResource, route } from "./route.ts";

export const platformTemplateResource: ApiResource = (app, dependencies) => {
  app.get(
    "/channels/:id/templates",
    route(
      {
        tag: "Channels",
        scope: "settings:read",
        id: "listPlatformTemplates",
        summary: "List the messages that the platform approved beforehand (WhatsApp), as they are there now",
      },
      { params: idParams },
      listOf(platformTemplateSchema),
    ),
    async ({ caller, params }) => {
      await requireChannel(dependencies.db, caller, params.id);
      const templates = await listPlatformTemplates(dependencies, params.id);
      return { data: templates.map(({ buttons, ...template }) => ({ ...template, buttons: [...buttons] })) };
    },
  );
};
