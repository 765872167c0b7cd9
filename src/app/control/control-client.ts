import { request } from "node:http";
import { CommandError, type CommandResult } from "../cli/command.ts";

/** Nobody listens on the control socket: its process is starting, stopping, or gone. */
export class ControlUnreachableError extends Error {
  override readonly name = "ControlUnreachableError";
}

/** Asks the running server to run a command. Throws `CommandError` for its refusals and `ControlUnreachableError`. */
export async function callControl(socket: string, command: string, options: unknown): Promise<CommandResult> {
  const { status, text } = await post(socket, `/commands/${encodeURIComponent(command)}`, JSON.stringify(options));
  const body = JSON.parse(text) as CommandResult & {
    readonly error?: { readonly code: string; readonly message: string };
  };
  if (status === 200) return body;
  throw new CommandError(body.error?.code ?? "command.failed", body.error?.message ?? `the server answered ${status}`);
}

function post(socketPath: string, path: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, path, method: "POST", headers: { "content-type": "application/json" } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", reject);
      },
    );
    call.on("error", (error: NodeJS.ErrnoException) => {
      const nobody = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      reject(nobody ? new ControlUnreachableError(error.message) : error);
    });
    call.end(body);
  });
}
