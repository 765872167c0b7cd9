import { Socket } from "node:net";

/**
 * A socket that sends together what is written in one turn. In pipeline mode the statements of a batch are made one after the other in the same turn, and each would be
 * a call of the system and a wake-up of the database of its own.
 */
export class GatheringSocket extends Socket {
  #isGathering = false;

  // Only the forms that node-postgres uses are told apart by their callers; all are passed on as they came.
  override write = ((...args: unknown[]) => {
    if (!this.#isGathering) {
      this.#isGathering = true;
      this.cork();
      // Behind the promises that are settled by now.
      process.nextTick(() => {
        this.#isGathering = false;
        this.uncork();
      });
    }
    return (super.write as (...given: unknown[]) => boolean).apply(this, args);
  }) as Socket["write"];
}
