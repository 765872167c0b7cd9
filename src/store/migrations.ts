import type { Migrations } from "./migrate.ts";
import { up as spine } from "./migrations/0001-spine.ts";
import { up as conversations } from "./migrations/0002-conversations.ts";
import { up as shop } from "./migrations/0003-shop.ts";
import { up as webhooks } from "./migrations/0004-webhooks.ts";
import { up as segments } from "./migrations/0005-segments.ts";
import { up as queries } from "./migrations/0006-queries.ts";
import { up as broadcasts } from "./migrations/0007-broadcasts.ts";
import { up as integrations } from "./migrations/0009-integrations.ts";
import { up as signIn } from "./migrations/0015-sign-in.ts";
import { up as salesPlans } from "./migrations/0016-sales-plans.ts";
import { up as webhookMatch } from "./migrations/0017-webhook-match.ts";
import { up as flowVersionAuthor } from "./migrations/0018-flow-version-author.ts";
import { up as contactSearch } from "./migrations/0019-contact-search.ts";
import { up as imports } from "./migrations/0020-imports.ts";
import { up as secrets } from "./migrations/0021-secrets.ts";
import { up as mentions } from "./migrations/0022-mentions.ts";
import { up as files } from "./migrations/0023-files.ts";
import { up as savedReplies } from "./migrations/0024-saved-replies.ts";
import { up as stepMetrics } from "./migrations/0026-step-metrics.ts";
import { up as receipts } from "./migrations/0027-receipts.ts";
import { up as overview } from "./migrations/0028-overview.ts";
import { up as auditLog } from "./migrations/0029-audit-log.ts";
import { up as broadcastDrafts } from "./migrations/0030-broadcast-drafts.ts";
import { up as searchCosts } from "./migrations/0032-search-costs.ts";
import { up as sequenceSteps } from "./migrations/0035-sequence-steps.ts";
import { up as broadcastPlans } from "./migrations/0038-broadcast-plans.ts";
import { up as sendReasons } from "./migrations/0042-send-reasons.ts";
import { up as fieldSearch } from "./migrations/0045-field-search.ts";
import { up as sendBudgets } from "./migrations/0046-send-budgets.ts";
import { up as failedMessages } from "./migrations/0047-failed-messages.ts";
import { up as deletedBroadcasts } from "./migrations/0049-deleted-broadcasts.ts";
import { up as processes } from "./migrations/0051-processes.ts";
import { up as releases } from "./migrations/0052-releases.ts";
import { up as backups } from "./migrations/0055-backups.ts";
import { up as twoFactor } from "./migrations/0056-two-factor.ts";
import { up as tokenLimits } from "./migrations/0057-token-limits.ts";
import { up as provenSessions } from "./migrations/0058-proven-sessions.ts";
import { up as secretKeys } from "./migrations/0063-secret-keys.ts";
import { up as system } from "./migrations/0065-system.ts";
import { up as accountMail } from "./migrations/0066-account-mail.ts";
import { up as cookiePrefix } from "./migrations/0067-cookie-prefix.ts";
import { up as deletedWorkspaces } from "./migrations/0068-deleted-workspaces.ts";
import { up as flowFolders } from "./migrations/0073-flow-folders.ts";
import { up as plainNewsIds } from "./migrations/0074-plain-news-ids.ts";
import { up as refusedLines } from "./migrations/0075-refused-lines.ts";
import { up as emailChanges } from "./migrations/0076-email-changes.ts";
import { up as passkeys } from "./migrations/0077-passkeys.ts";
import { up as whoAnswers } from "./migrations/0078-who-answers.ts";
import { up as uchatWebhooks } from "./migrations/0079-uchat-webhooks.ts";

/** Every migration, by name, in order. Forward only, and only adding: an older process may run beside (CONTRIBUTING.md, "Migrations"). */
export const migrations: Migrations = {
  "0001-spine": { up: spine },
  "0002-conversations": { up: conversations },
  "0003-shop": { up: shop },
  "0004-webhooks": { up: webhooks },
  "0005-segments": { up: segments },
  "0006-queries": { up: queries },
  "0007-broadcasts": { up: broadcasts },
  "0009-integrations": { up: integrations },
  "0015-sign-in": { up: signIn },
  "0017-webhook-match": { up: webhookMatch },
  "0021-secrets": { up: secrets },
  "0016-sales-plans": { up: salesPlans },
  "0022-mentions": { up: mentions },
  "0023-files": { up: files },
  "0024-saved-replies": { up: savedReplies },
  "0027-receipts": { up: receipts },
  "0029-audit-log": { up: auditLog },
  "0030-broadcast-drafts": { up: broadcastDrafts },
  "0028-overview": { up: overview },
  "0018-flow-version-author": { up: flowVersionAuthor },
  "0026-step-metrics": { up: stepMetrics },
  "0019-contact-search": { up: contactSearch },
  "0020-imports": { up: imports },
  "0032-search-costs": { up: searchCosts },
  "0035-sequence-steps": { up: sequenceSteps },
  "0038-broadcast-plans": { up: broadcastPlans },
  "0042-send-reasons": { up: sendReasons },
  "0045-field-search": { up: fieldSearch },
  "0046-send-budgets": { up: sendBudgets },
  "0047-failed-messages": { up: failedMessages },
  "0049-deleted-broadcasts": { up: deletedBroadcasts },
  "0051-processes": { up: processes },
  "0052-releases": { up: releases },
  "0055-backups": { up: backups },
  "0056-two-factor": { up: twoFactor },
  "0057-token-limits": { up: tokenLimits },
  "0058-proven-sessions": { up: provenSessions },
  "0063-secret-keys": { up: secretKeys },
  "0065-system": { up: system },
  "0067-cookie-prefix": { up: cookiePrefix },
  "0068-deleted-workspaces": { up: deletedWorkspaces },
  "0073-flow-folders": { up: flowFolders },
  "0074-plain-news-ids": { up: plainNewsIds },
  "0066-account-mail": { up: accountMail },
  "0075-refused-lines": { up: refusedLines },
  "0078-who-answers": { up: whoAnswers },
  "0076-email-changes": { up: emailChanges },
  "0077-passkeys": { up: passkeys },
  "0079-uchat-webhooks": { up: uchatWebhooks },
};

export const migrationNames: readonly string[] = Object.keys(migrations);
