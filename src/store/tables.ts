import type { AccountTables } from "./account-tables.ts";
import type { BotTables } from "./bot-tables.ts";
import type { CampaignTables } from "./campaign-tables.ts";
import type { ConnectionTables } from "./connection-tables.ts";
import type { ContactTables } from "./contact-tables.ts";
import type { ConversationTables } from "./conversation-tables.ts";
import type { OperationTables } from "./operation-tables.ts";
import type { SalesTables } from "./sales-tables.ts";

/**
 * The tables as Kysely sees them: camelCase by its plugin, `bigint` as number (ids stay far below 2^53), `timestamptz` as Date,
 * `jsonb` read as values and written as JSON text (`JSON.stringify`), which both drivers take the same way.
 */
export interface Tables
  extends AccountTables,
    BotTables,
    ContactTables,
    ConversationTables,
    CampaignTables,
    SalesTables,
    ConnectionTables,
    OperationTables {}
