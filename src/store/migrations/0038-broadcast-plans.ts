import { type Kysely, sql } from "kysely";

/** Broadcasts by each contact's own clock, with quiet hours, with several versions, and what came of each recipient. */
const statements = /* sql */ `
alter table broadcasts add column plan jsonb not null default '{}';
alter table broadcasts add column split jsonb;
-- The variant, from 1 on, that all who are in no share get.
alter table broadcasts add column winner smallint;
-- When the last of the shares was handed in.
alter table broadcasts add column tested_at timestamptz;
-- Recipients a second, of late.
alter table broadcasts add column pace double precision;
alter table broadcasts add column paced_at timestamptz;

-- Null: as soon as it is the broadcast's turn.
alter table broadcast_recipients add column due_at timestamptz;
alter table broadcast_recipients add column variant smallint;
-- What was handed in: the messages of that event are what the recipient got.
alter table broadcast_recipients add column event_id bigint;
create index broadcast_recipients_timed on broadcast_recipients (broadcast_id, due_at, contact_id)
  where status = 'waiting' and due_at is not null;
create index broadcast_recipients_tested on broadcast_recipients (broadcast_id, due_at, contact_id)
  where status = 'waiting' and variant is not null;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/;\s*\n/)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}
