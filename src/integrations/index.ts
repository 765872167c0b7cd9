import type { IntegrationCatalogue } from "../engine/integration-type.ts";
import { amocrm } from "./amocrm/amocrm.integration.ts";
import { getcourse } from "./getcourse/getcourse.integration.ts";

/** Every kind of integration, by name. */
export const integrationTypes = { amocrm, getcourse } as const satisfies IntegrationCatalogue;
