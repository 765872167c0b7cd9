import { z } from "zod";
import type { IntegrationType } from "../../engine/integration-type.ts";
import type { Json } from "../../model/field.ts";
import { type AmocrmApi, openApi } from "./amocrm.api.ts";
import type { Settings } from "./settings.ts";

/** amoCRM's most. */
const perPage = 250;
/** Nobody chooses from more. */
const mostPages = 20;

const statusSchema = z.looseObject({ id: z.number(), name: z.string() });
const pipelineSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  is_main: z.boolean().optional(),
  is_archive: z.boolean().optional(),
  _embedded: z.looseObject({ statuses: z.array(statusSchema).default([]) }),
});
const userSchema = z.looseObject({ id: z.number(), name: z.string(), email: z.string().nullish() });
const fieldSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  code: z.string().nullish(),
  type: z.string(),
  enums: z.array(z.looseObject({ id: z.number(), value: z.string() })).nullish(),
});
export type CustomField = z.output<typeof fieldSchema>;

/** All pages of a list. */
async function readAll<T>(api: AmocrmApi, path: string, key: string, item: z.ZodType<T>): Promise<readonly T[]> {
  const schema = z.looseObject({ _embedded: z.looseObject({ [key]: z.array(item) }) });
  const all: T[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await api.get(`${path}?limit=${perPage}&page=${page}`, schema);
    const items = (answer?._embedded[key] ?? []) as readonly T[];
    all.push(...items);
    if (items.length < perPage) break;
  }
  return all;
}

export async function readFields(api: AmocrmApi, of: "leads" | "contacts"): Promise<readonly CustomField[]> {
  return await readAll(api, `/api/v4/${of}/custom_fields`, "custom_fields", fieldSchema);
}

async function listPipelines(api: AmocrmApi): Promise<Json> {
  const pipelines = await readAll(api, "/api/v4/leads/pipelines", "pipelines", pipelineSchema);
  return pipelines
    .filter((pipeline) => pipeline.is_archive !== true)
    .map(({ id, name, is_main, _embedded }) => ({
      id,
      name,
      isMain: is_main === true,
      statuses: _embedded.statuses.map((status) => ({ id: status.id, name: status.name })),
    }));
}

async function listUsers(api: AmocrmApi): Promise<Json> {
  const users = await readAll(api, "/api/v4/users", "users", userSchema);
  return users.map(({ id, name, email }) => ({ id, name, email: email ?? null }));
}

async function listFields(api: AmocrmApi, of: "leads" | "contacts"): Promise<Json> {
  return (await readFields(api, of)).map(({ id, name, code, type, enums }) => ({
    id,
    name,
    code: code ?? null,
    type,
    options: (enums ?? []).map(({ value }) => value),
  }));
}

/** What forms offer. Each item has `id` and `name`. */
export const lookups: NonNullable<IntegrationType<Settings>["lookups"]> = {
  pipelines: async (integration, ports) => await listPipelines(openApi(integration, ports)),
  users: async (integration, ports) => await listUsers(openApi(integration, ports)),
  deal_fields: async (integration, ports) => await listFields(openApi(integration, ports), "leads"),
  contact_fields: async (integration, ports) => await listFields(openApi(integration, ports), "contacts"),
};
