import { backup } from "./backup.ts";
import type { DatabaseCommand } from "./command.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { memberAdd } from "./member-add.ts";
import { migrate } from "./migrate.ts";
import { rotateSecrets } from "./rotate-secrets.ts";
import { tokenCreate } from "./token-create.ts";
import { tokenList } from "./token-list.ts";
import { tokenRevoke } from "./token-revoke.ts";
import { userChangeEmail } from "./user-change-email.ts";
import { userCreate } from "./user-create.ts";
import { userDelete } from "./user-delete.ts";
import { userList } from "./user-list.ts";
import { userResetPassword } from "./user-reset-password.ts";
import { userResetTwoFactor } from "./user-reset-two-factor.ts";
import { workspaceCreate } from "./workspace-create.ts";
import { workspaceDelete } from "./workspace-delete.ts";
import { workspaceList } from "./workspace-list.ts";

/** Commands on the database: a running server runs them for the command line. */
export const databaseCommands: readonly DatabaseCommand[] = [
  migrate,
  workspaceCreate,
  workspaceList,
  workspaceDelete,
  tokenCreate,
  tokenList,
  tokenRevoke,
  userCreate,
  userList,
  memberAdd,
  userChangeEmail,
  userResetPassword,
  userResetTwoFactor,
  userDelete,
  rotateSecrets,
  importCommand,
  exportCommand,
  backup,
];
