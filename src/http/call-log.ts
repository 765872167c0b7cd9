import { toError } from "../engine/to-error.ts";
import { createGroupWriter } from "../shell/group-writer.ts";
import { type IntegrationCall, logIntegrationCalls } from "../store/integration-log-store.ts";
import type { HttpDependencies } from "./dependencies.ts";

/**
 * Writes calls of other systems into the integration log; those of the same moment go as one statement. Never throws: what the call did is committed,
 * and the caller must not hear otherwise for the log's sake. Whoever calls it has taken secrets out.
 */
export function createCallLog({ db, log }: Pick<HttpDependencies, "db" | "log">) {
  const write = createGroupWriter<IntegrationCall, void>(async (calls) => {
    await logIntegrationCalls(db, calls);
    return calls.map(() => undefined);
  });
  return async (call: IntegrationCall): Promise<void> => {
    try {
      await write(call);
    } catch (thrown) {
      log.error({ err: toError(thrown) }, "a call could not be written to the integration log");
    }
  };
}
