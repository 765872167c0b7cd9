import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { echoesOf, setUpEcho, startChatter } from "./chatter.ts";
import { expectExactness, waitForAnswers } from "./expectations.ts";
import { createServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

const promiseMs = 10_000;

it.runIf(process.env.TEST_DATABASE_URL !== undefined)(
  "a server on an empty database makes its tables, answers a messenger's webhook and carries out an action link",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-smoke-"));
    const onServer = await createDatabaseOnServer();
    const standIn = await startTelegramStandIn();
    const server = await createServerProcess({ DATA_DIR: directory, DATABASE_URL: onServer.url });
    onTestFinished(async () => {
      await server.kill();
      await standIn.close();
      await onServer.drop();
      await rm(directory, { recursive: true, force: true });
    });
    await server.start();
    const token = await setUpEcho(server, standIn);
    const chatter = startChatter(standIn, 3, { pauseMs: 50 });
    await until("each of three people is answered", () => echoesOf(standIn).size === 3);
    await chatter.stop();

    const api = async (method: string, address: string, body?: object) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const answer = await fetch(`${server.url}/api/v1${address}`, { method, headers, body: JSON.stringify(body) });
      return (await answer.json()) as { readonly id: number; readonly tags: readonly string[] };
    };
    const { id } = await api("POST", "/contacts", { bot: "demo", email: "ann@example.com", tags: ["lead"] });
    expect((await api("GET", `/contacts/${id}`)).tags).toEqual(["lead"]);
    const linkToken = await server.run("token", "create", "--workspace", "demo", "--kind", "action-link");
    const link = `domain_name=demo&token=${linkToken}&email=ann@example.com&actions[del_tag]=lead`;
    const opened = await fetch(`${server.url}/compat/bothelp/gc?${link}`);
    expect({ status: opened.status, body: await opened.json() }).toEqual({ status: 200, body: { success: true } });
    expect((await api("GET", `/contacts/${id}`)).tags).toEqual([]);
    await waitForAnswers(standIn, chatter.acknowledged, promiseMs);
    await server.stop();
    await expectExactness({ databaseUrl: onServer.url }, standIn, chatter.acknowledged);
  },
);
