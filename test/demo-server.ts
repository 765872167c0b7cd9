import { seedDemo } from "../src/app/demo.ts";
import { createToken } from "../src/store/token-store.ts";
import { findWorkspace } from "../src/store/workspace-store.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { type WebchatServer, webchatServer } from "./webchat.ts";

/** A listening server with the demo workspace, as `npm start` makes it; platforms on this machine reach it. */
export interface DemoServer extends Omit<WebchatServer, "stop"> {
  readonly database: TestDatabase;
  /** Calls the native API with a token that may do everything; the body of a good answer. */
  call<T>(method: string, path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

export async function demoServer(): Promise<DemoServer> {
  const database = await testDatabase();
  await seedDemo(database.db);
  const workspace = await findWorkspace(database.db, "demo");
  if (workspace === undefined) throw new Error("there is no demo workspace");
  const wish = { workspaceId: workspace.id, kind: "api", name: "test", scopes: ["*"] } as const;
  const { token } = await createToken(database.db, wish);
  const server = await webchatServer(database, { isItsOwnPublic: true });
  return {
    ...server,
    database,
    async call<T>(method: string, path: string, body?: object) {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
      return JSON.parse(answer) as T;
    },
    async close() {
      await server.stop();
      await database.close();
    },
  };
}
