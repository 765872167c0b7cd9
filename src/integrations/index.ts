import type { IntegrationCatalogue } from "../engine/integration-type.ts";
import { getcourse } from "./getcourse/getcourse.integration.ts";

/** Every kind of integration, by name. */
export const integrationTypes = { getcourse } as const satisfies IntegrationCatalogue;
