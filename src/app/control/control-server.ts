import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AppError } from "../../model/app-error.ts";
import { CommandError, type DatabaseCommand, type DatabaseContext } from "../cli/command.ts";

/** A command's options and result are text; a flow file is the largest of them. */
const largestBody = 64 * 1024 * 1024;

export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Runs database commands for the command line of the same machine, while this process holds the embedded database: JSON over HTTP on a Unix socket
 * that its owner alone can open. There is no other check: who may open it may read the database's files as well.
 */
export async function startControlServer(options: {
  readonly socket: string;
  readonly commands: readonly DatabaseCommand[];
  readonly context: DatabaseContext;
}): Promise<ControlServer> {
  // The caller holds the directory's lock: a socket file that is there was left by a process that is gone.
  if (process.platform !== "win32") rmSync(options.socket, { force: true });
  const server = createServer((request, response) => {
    answer(request, options).then(
      ({ status, body }) => respond(response, status, body),
      (error: unknown) => {
        options.context.log.error({ err: error }, "a command over the control socket failed");
        respond(response, 500, { error: { code: "command.failed", message: messageOf(error) } });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.socket, () => {
      server.off("error", reject);
      resolve();
    });
  });
  if (process.platform !== "win32") chmodSync(options.socket, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

type Answer = { readonly status: number; readonly body: unknown };

async function answer(
  request: IncomingMessage,
  options: { readonly commands: readonly DatabaseCommand[]; readonly context: DatabaseContext },
): Promise<Answer> {
  const name = decodeURIComponent(request.url?.replace(/^\/commands\//, "") ?? "");
  const command = options.commands.find((candidate) => candidate.name === name);
  if (request.method !== "POST" || command === undefined) {
    return refusal(404, "command.unknown", `the running server knows no command "${name}": is it of another release?`);
  }
  const parsed = command.options.safeParse(JSON.parse(await readBody(request)));
  if (!parsed.success)
    return refusal(400, "command.bad_options", parsed.error.issues.map(({ message }) => message).join("; "));
  try {
    return { status: 200, body: await command.run(options.context, parsed.data as never) };
  } catch (error) {
    if (error instanceof CommandError || error instanceof AppError) return refusal(422, error.code, error.message);
    throw error;
  }
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new CommandError("command.too_large", "the input is larger than 64 MB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
