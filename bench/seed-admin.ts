import { type RawBuilder, sql } from "kysely";
import type { Database } from "../src/store/database.ts";
import { seedContacts } from "./measure-segments.ts";

/** What was set up through the API before, and the seeded rows belong to. */
export interface SeedScope {
  readonly workspaceId: number;
  readonly botId: number;
  readonly channelId: number;
  readonly memberId: number;
  readonly flow: string;
  readonly step: string;
  readonly sequenceRef: string;
  readonly plan: string;
  readonly webhookId: number;
  readonly integrationId: number;
  readonly variantId: number;
}

/**
 * What a workspace of so many contacts has gathered after some years: five messages a contact in the order of their time, of which every 50th by the bot failed, events, calls of other systems,
 * orders, deals. All set-based. Returns the first contact's id.
 */
export async function seedAdmin(db: Database, people: number, scope: SeedScope): Promise<number> {
  const first = await seedContacts(db, people, scope);
  const { workspaceId, botId, channelId, memberId, flow, step, integrationId, webhookId } = scope;
  const contact = sql`(${first}::bigint + (g * 7919) % ${people}::bigint)`;
  const run = async (statement: RawBuilder<unknown>) => void (await statement.execute(db));
  const ago = (unit: RawBuilder<unknown>) => sql`now() - make_interval(mins => (${unit})::int)`;
  const of = (times: number) => sql`generate_series(1::bigint, ${Math.round(people * times)}::bigint) g`;
  const age = (times: number) => ago(sql`(${Math.round(people * times)} - g) / 2`);

  await run(sql`insert into identities (contact_id, channel_id, external_id, username)
    select c.id, ${channelId}, 'bench' || c.id, case when c.id % 2 = 0 then 'user_' || c.id end from contacts c where c.id >= ${first}`);
  // A third was touched by the team; most of these were closed since.
  await run(sql`update contacts set conversation = jsonb_strip_nulls(jsonb_build_object(
      'status', (array['done', 'done', 'done', 'open', 'pending', 'spam'])[1 + id % 6],
      'agent', case when id % 4 = 0 then ${memberId}::bigint end,
      'readAt', case when id % 5 > 0 then (extract(epoch from now()) * 1000)::bigint else 1 end))
    where id >= ${first} and id % 3 = 0`);
  await run(sql`insert into events (id, workspace_id, contact_id, channel_id, kind, source, payload, facts, occurred_at, failed)
    select g, ${workspaceId}, ${contact}, ${channelId}, 'message', 'channel', '{"kind":"message","text":"hello"}', jsonb_build_array(
      jsonb_build_object('kind', 'flow_started', 'flow', ${flow}::text, 'by', 'keyword'),
      jsonb_build_object('kind', 'step_entered', 'flow', ${flow}::text, 'step', ${step}::text))::json, ${age(2)},
      case when g % 997 = 0 then 'bench' end
    from generate_series((select max(id) + 10000 from (select 1::bigint as id union all select id from events) e), ${2 * people}) g`);
  await run(sql`select setval('event_ids', ${10 * people + 100_000}::bigint)`);
  const words = sql`(array['когда', 'привезёте', 'заказ', 'hello', 'price', 'delivery', 'цена', 'спасибо', 'возврат', 'размер', 'order', 'refund'])`;
  await run(sql`insert into messages (contact_id, channel_id, direction, event_id, ordinal, recipient, content, status, error, flow_ref, step_ref, created_at, author)
    select ${contact}, ${channelId}, case when g % 5 < 2 then 'in' else 'out' end, g, 0, '',
      json_build_object('text', ${words}[1 + g % 12] || ' ' || ${words}[1 + (g / 12) % 12] || ' ' || g % 5000),
      case when g % 5 < 2 then 'received' when g % 50 = 2 then 'failed' else 'sent' end,
      case when g % 50 = 2 then 'the channel said no' end, case when g % 5 = 3 then ${flow}::text end, case when g % 5 = 3 then ${step}::text end,
      ${age(5)}, case when g % 5 = 4 then 'agent' end
    from ${of(5)}`);
  await run(
    sql`insert into notes (contact_id, text, created_at) select ${contact}, 'Note ' || g, ${age(0.5)} from ${of(0.5)}`,
  );
  await run(sql`insert into mentions (contact_id, member_id, comment, created_at, seen_at)
    select ${contact}, ${memberId}, 'look', ${age(0.02)}, case when g % 2 = 0 then now() end from ${of(0.02)}`);
  await run(sql`insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, channel_id, entered_at)
    select gen_random_uuid(), ${contact}, ${flow}, ${step}, 'delay', 'time', now() + interval '30 days', ${channelId}, ${age(0.3)} from ${of(0.3)}`);
  const sequence = sql`(select id from sequences where ref = ${scope.sequenceRef})`;
  await run(sql`insert into subscriptions (contact_id, sequence_id, subscribed_at)
    select ${contact}, ${sequence}, ${age(0.4)} from ${of(0.4)} on conflict do nothing`);
  await run(sql`insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, state, channel_id, entered_at)
    select gen_random_uuid(), contact_id, '', ${scope.sequenceRef}, 'sequence', 'time', now() + interval '30 days', '{"next":"first"}', ${channelId}, subscribed_at
    from subscriptions where sequence_id = ${sequence}`);
  await run(sql`insert into webhook_deliveries (id, webhook_id, contact_id, event_id, event, body, status, attempts, last_status, created_at, tried_at)
    select gen_random_uuid(), ${webhookId}, ${contact}, g, 'tag_added', '{"event":"tag_added","contact":{"name":"Ann"}}',
      case when g % 100 = 0 then 'dead' else 'delivered' end, 1, 200, ${age(2)}, now() from ${of(2)}`);
  await run(sql`insert into integration_log (workspace_id, contact_id, integration, direction, ok, summary, request, response, duration_ms, created_at, integration_id)
    select ${workspaceId}, ${contact}, (array['getcourse', 'external_request', 'action_link'])[1 + g % 3], case when g % 3 = 2 then 'in' else 'out' end, g % 100 > 0,
      'POST https://example.org', '{"a":1}', '{"b":2}', 12, ${age(1)}, case when g % 3 = 0 then ${integrationId}::bigint end from ${of(1)}`);
  await run(sql`insert into audit_log (workspace_id, at, actor_kind, actor_id, actor_name, operation, kind, ref, name, address, changes)
    select ${workspaceId}, ${age(0.5)}, 'member', ${memberId}, 'Ann', (array['changeTag', 'createFlow'])[1 + g % 2], (array['tag', 'flow'])[1 + g % 2],
      (g % 500)::text, 'Name', '127.0.0.1', '[]' from ${of(0.5)}`);
  await run(sql`insert into orders (workspace_id, bot_id, contact_id, status, currency, lines, total, details, created_at, updated_at)
    select ${workspaceId}, ${botId}, ${contact}, (array['ordered', 'paid', 'shipped', 'completed', 'completed'])[1 + g % 5], 'EUR',
      jsonb_build_array(jsonb_build_object('variant', ${scope.variantId}::bigint, 'product', 1, 'name', 'Shirt', 'description', '', 'price', 990, 'quantity', 1)), 990, '{}',
      ${age(0.5)}, now() from ${of(0.5)}`);
  await run(sql`insert into deals (workspace_id, bot_id, contact_id, plan_id, status_id, title, sum, currency, manager_id, created_at, changed_at, closed_at)
    select ${workspaceId}, ${botId}, ${contact}, p.id, s.id, 'Deal ' || g, g % 100000, p.currency, case when g % 2 = 0 then ${memberId}::bigint end, ${age(0.5)}, now(),
      case when s.kind <> 'open' then now() end
    from ${of(0.5)} join sales_plans p on p.ref = ${scope.plan} join sales_plan_statuses s on s.plan_id = p.id and s.place = g % 4`);
  await run(sql`insert into products (workspace_id, name) select ${workspaceId}, 'Product ' || g from ${of(0.05)}`);
  await run(sql`insert into variants (workspace_id, product_id, sku, price, currency)
    select workspace_id, id, 'sku' || id, 990, 'EUR' from products where workspace_id = ${workspaceId} and name like 'Product %'`);
  await run(sql`insert into custom_events (workspace_id, name) values (${workspaceId}, 'bought')`);
  await run(sql`insert into custom_event_log (custom_event_id, contact_id, text_value, created_at)
    select e.id, ${contact}, 'shirt', ${age(1)} from custom_events e, ${of(1)} where e.name = 'bought' and e.workspace_id = ${workspaceId}`);
  await run(sql`insert into entry_links (bot_id, ref, name, payload)
    select ${botId}, 'link' || g, 'Link ' || g, 'bench' || g from generate_series(0, 49) g`);
  await run(
    sql`insert into labels (workspace_id, name) select ${workspaceId}, 'label' || g from generate_series(1, 50) g`,
  );
  await run(sql`insert into contact_labels (contact_id, label_id, added_at)
    select ${contact}, l.id, now() from labels l, ${of(0.1)} where l.workspace_id = ${workspaceId} and l.name in ('label1', 'label2') on conflict do nothing`);
  await run(sql`insert into step_metrics (flow_ref, step_ref, channel_id, hour, metric, count)
    select ${flow}, ${step}, ${channelId}, date_trunc('hour', now()) - make_interval(hours => g), m, 5
    from generate_series(1, 2200) g, unnest(array['entered', 'sent', 'delivered', 'read', 'clicked', 'failed']) m on conflict do nothing`);
  await run(sql`insert into day_counts (bot_id, day, channel_id, metric, count)
    select ${botId}, current_date - g, ${channelId}, m, 100 from generate_series(1, 400) g,
      unnest(array['created', 'blocked', 'opted_out', 'message_in', 'message_by_bot', 'message_by_agent']) m on conflict do nothing`);
  await run(sql`insert into flow_walks (event_id, ordinal, flow_ref, contact_id, channel_id, started_at, day, path, answered)
    select g, 1, ${flow}, ${contact}, ${channelId}, ${age(2)}, (${age(2)})::date, ${`<${step}>`}, g % 3 = 0 from ${of(2)}`);
  await run(sql`update step_metric_marks set until = now()`);
  await run(sql`with made as (
      insert into broadcasts (workspace_id, bot_id, name, audience, actions, status, prepared_after, created_at, started_at, ended_at)
      select ${workspaceId}, ${botId}, 'Broadcast ' || g, '{"match":"all","rules":[]}', '[{"action":"add_tag","args":{"tag":"tag1"}}]', 'finished', null,
        now() - make_interval(days => 30 - g), now() - make_interval(days => 30 - g), now() - make_interval(days => 30 - g) from generate_series(1, 20) g returning id)
    insert into broadcast_recipients (broadcast_id, contact_id, status, reason, at, event_id)
    select made.id, c.id, case when c.id % 10 = 0 then 'failed' else 'sent' end, case when c.id % 10 = 0 then 'opted_out' end, now(), c.id
    from made, contacts c where c.id >= ${first} and made.id > (select max(id) - 2 from made)`);
  await run(sql`with made as (
      insert into imports (workspace_id, bot_id, name, content, settings, status, lines, done, created_at, started_at, ended_at)
      values (${workspaceId}, ${botId}, 'people.csv', null, '{"separator":",","encoding":"utf-8","mapping":[],"tags":[]}', 'finished', ${people}, ${people}, now(), now(), now())
      returning id)
    insert into import_lines (import_id, place, line, status, reason)
    select made.id, g, g, case when g % 100 = 0 then 'refused' else 'created' end, case when g % 100 = 0 then 'bench' end from made, ${of(1)}`);
  await run(sql`vacuum analyze`);
  return first;
}
