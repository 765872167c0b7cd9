import { z } from "zod";
import type { IntegrationType } from "../../engine/integration-type.ts";
import { integrationTypes } from "../../integrations/index.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { healthInTime } from "../../shell/health-in-time.ts";
import { findIntegrationType, openIntegration } from "../../shell/integrations.ts";
import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  type Integration,
  listIntegrations,
  requireIntegration,
} from "../../store/integration-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import {
  authorizeSchema,
  type IntegrationBody,
  integrationChangeSchema,
  integrationCreateSchema,
  integrationHealthSchema,
  integrationKindSchema,
  integrationSchema,
  lookupParams,
  lookupSchema,
} from "../contract/integrations.ts";
import { writeOnce } from "../idempotency.ts";
import { asRefusal, makeState, redirectUriOf } from "../oauth-callback.ts";
import { mergeSettings, type Settings, secretMask, toStoredSettings } from "./channel-settings.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

/** Throws `integration.unknown_kind`. */
function requireType(kind: string): IntegrationType {
  const type = findIntegrationType(kind);
  if (type !== undefined) return type;
  const kinds = Object.keys(integrationTypes).join(", ");
  throw new AppError(
    "integration.unknown_kind",
    say`there is no integration kind "${{ kind }}"; there are ${{ kinds }}`,
  );
}

function presentIntegration(integration: Integration, secretKeys: readonly string[]): IntegrationBody {
  const { id, ref, kind, name, settings, active, error, errorAt, createdAt } = integration;
  return {
    id,
    ref,
    kind,
    name,
    settings: { ...settings, ...Object.fromEntries(secretKeys.map((key) => [key, secretMask])) },
    active,
    error,
    errorAt: errorAt === null ? null : toInstant(errorAt),
    createdAt: toInstant(createdAt),
  };
}

function presentKind(type: IntegrationType) {
  const schema = z.toJSONSchema(type.settings, { io: "input", unrepresentable: "any" });
  return {
    kind: type.kind,
    title: type.title,
    description: type.description,
    secrets: [...type.secrets],
    settings: schema as Record<string, unknown>,
    lookups: Object.keys(type.lookups ?? {}),
    oauth: type.oauth !== undefined,
  };
}

const tag = "Integrations";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true, shared: true } as const;

export const integrationResource: ApiResource = (app, dependencies) => {
  const { db, secretKey } = dependencies;
  // Which secrets are set is seen without opening them only as far as the kind says: all it has.
  const present = (one: Integration) =>
    presentIntegration(one, one.secrets === null ? [] : (findIntegrationType(one.kind)?.secrets ?? []));

  app.get(
    "/integrations",
    route({ ...read, id: "listIntegrations", summary: "List integrations" }, {}, listOf(integrationSchema)),
    async ({ caller }) => ({ data: (await listIntegrations(db, caller)).map(present) }),
  );
  app.get(
    "/integration-kinds",
    route(
      { ...read, id: "listIntegrationKinds", summary: "List the kinds of integrations and their settings" },
      {},
      listOf(integrationKindSchema),
    ),
    async () => ({ data: Object.keys(integrationTypes).map((kind) => presentKind(requireType(kind))) }),
  );
  app.get(
    "/integrations/:id",
    route({ ...read, id: "getIntegration", summary: "Read an integration" }, { params: idParams }, integrationSchema),
    async ({ caller, params }) => present(await requireIntegration(db, caller, params.id)),
  );
  app.post(
    "/integrations",
    route(
      { ...write, id: "createIntegration", summary: "Set up an integration", status: 201 },
      { body: integrationCreateSchema },
      integrationSchema,
    ),
    async (request) => {
      const { kind, name, settings, active } = request.body;
      const stored = toStoredSettings(requireType(kind), settings, secretKey, "integration.invalid_settings");
      return await writeOnce(dependencies, request, async (trx) =>
        present(await createIntegration(trx, request.caller.workspaceId, { kind, name, active, ...stored })),
      );
    },
  );
  app.patch(
    "/integrations/:id",
    route(
      { ...write, id: "changeIntegration", summary: "Change an integration" },
      { params: idParams, body: integrationChangeSchema },
      integrationSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      return await writeOnce(dependencies, request, async (trx) => {
        const old = await requireIntegration(trx, caller, params.id, { lock: true });
        const settings = body.settings && mergeSettings(old, body.settings as Settings, secretKey);
        const stored =
          settings && toStoredSettings(requireType(old.kind), settings, secretKey, "integration.invalid_settings");
        const { name, active } = body;
        return present(await changeIntegration(trx, caller, params.id, { name, active, ...stored }));
      });
    },
  );
  app.delete(
    "/integrations/:id",
    route(
      { ...write, id: "deleteIntegration", summary: "Delete an integration; the log of its calls stays", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteIntegration(trx, request.caller, request.params.id);
        return null;
      }),
  );
  addQuestions(app, dependencies);
};

/** What is asked of the other system: nothing of ours is changed by it. */
const addQuestions: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  const open = async (access: { readonly workspaceId: number }, id: number) =>
    openIntegration(dependencies, await requireIntegration(db, access, id));
  app.get(
    "/integrations/:id/health",
    route(
      { ...read, id: "checkIntegration", summary: "Ask the other system whether the integration works" },
      { params: idParams },
      integrationHealthSchema,
    ),
    async ({ caller, params }) => {
      const { type, connected, ports } = await open(caller, params.id);
      return await asRefusal(async () => await healthInTime(type.health(connected, ports), type.title));
    },
  );
  app.get(
    "/integrations/:id/lookups/:name",
    route(
      { ...read, id: "lookUpAtIntegration", summary: "Read a list of the other system's, as forms offer it" },
      { params: lookupParams },
      lookupSchema,
    ),
    async ({ caller, params }) => {
      const { type, connected, ports } = await open(caller, params.id);
      const lookups = type.lookups ?? {};
      const lookUp = Object.hasOwn(lookups, params.name) ? lookups[params.name] : undefined;
      if (lookUp === undefined) {
        throw new AppError(
          "integration.no_lookup",
          say`${{ title: type.title }} has no list "${{ name: params.name }}"`,
        );
      }
      return { data: await asRefusal(lookUp(connected, ports)) };
    },
  );
  app.post(
    "/integrations/:id/authorize",
    route(
      { tag, scope: "settings:write", id: "authorizeIntegration", summary: "Begin signing in at the other system" },
      { params: idParams },
      authorizeSchema,
    ),
    async ({ caller, params }) => {
      const { type, connected } = await open(caller, params.id);
      if (type.oauth === undefined) {
        throw new AppError("integration.no_oauth", say`${{ title: type.title }} is not signed in by the browser`);
      }
      const redirectUri = redirectUriOf(dependencies);
      const state = makeState(dependencies, params.id);
      const url = await asRefusal(async () => type.oauth?.authorizeUrl(connected.settings, { redirectUri, state }));
      return { url: url ?? "", redirectUri };
    },
  );
};
