import { bench } from "./bench.ts";
import type { Command } from "./command.ts";
import { databaseCommands } from "./database-commands.ts";
import { doctor } from "./doctor.ts";
import { move } from "./move.ts";
import { restore } from "./restore.ts";
import { simulate } from "./simulate.ts";
import { start } from "./start.ts";
import { testCommand } from "./test.ts";

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  start,
  ...databaseCommands,
  restore,
  move,
  doctor,
  simulate,
  testCommand,
  bench,
];
