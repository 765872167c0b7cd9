import { describe, expect, it } from "vitest";
import { setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, expectOrder, expectPromptness, type Outage, waitForAnswers } from "./expectations.ts";
import { databaseKinds, isMeant, startServerToKill } from "./server-to-kill.ts";

const kills = 20;
const people = 20;
/** What is due goes out within this, once a server runs. */
const promiseMs = 10_000;

describe.each(databaseKinds)("a server on the %s database", (kind) => {
  it.runIf(isMeant(kind))(
    "loses nothing, repeats nothing and keeps the order through twenty kills under load",
    async () => {
      const { server, standIn, where } = await startServerToKill(kind);
      await setUpEcho(server, standIn);
      const chatter = startChatter(standIn, people);
      const outages: Outage[] = [];
      for (let round = 0; round < kills; round += 1) {
        const before = chatter.acknowledged.length;
        // A moment of its own each time, but never one in which nothing has happened.
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 500));
        while (chatter.acknowledged.length < before + people) await new Promise((resolve) => setTimeout(resolve, 10));
        const from = Date.now();
        await server.kill();
        await server.start();
        outages.push({ from, to: Date.now() });
      }
      await chatter.stop();
      await waitForAnswers(standIn, chatter.acknowledged, promiseMs);
      await server.stop();
      expect(chatter.acknowledged.length).toBeGreaterThan(kills * people);
      expectOrder(standIn);
      expectPromptness(standIn, chatter.acknowledged, outages, promiseMs);
      await expectExactness(where, standIn, chatter.acknowledged);
    },
  );
});
