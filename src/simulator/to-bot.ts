import { byKeyAndName } from "../engine/by-key-and-name.ts";
import type { PublishedFlow } from "../engine/prepare-flow.ts";
import type { ClosingNote } from "../model/conversation.ts";
import type { FieldDefinition, FieldValue } from "../model/field.ts";
import type { EntryData, FlowDocument } from "../model/flow.ts";
import type { SalesPlan } from "../model/sales-plan.ts";
import type { SequenceDefinition } from "../model/sequence.ts";
import type { BotSnapshot, IntegrationOfWorkspace } from "../model/world.ts";
import { preparePublishedFlow } from "../steps/advance.ts";

/** A bot as it is read through the API. */
export interface ReadBot {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly workspaceId: number;
  readonly timeZone: string;
  readonly flows: readonly PublishedFlow[];
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  readonly fields: readonly FieldDefinition[];
  readonly variables: readonly (FieldDefinition & { readonly value: FieldValue | null })[];
  readonly sequences: readonly SequenceDefinition[];
  readonly entryLinks: readonly {
    readonly ref: string;
    readonly name: string;
    readonly flow: string | null;
    readonly step: string | null;
    readonly data: unknown;
  }[];
  readonly members: readonly { readonly id: number; readonly name: string; readonly email: string }[];
  readonly closingNotes: readonly ClosingNote[];
  readonly salesPlans: readonly (Omit<SalesPlan, "averageCheck"> & { readonly averageCheck: number | null })[];
  readonly integrations: readonly IntegrationOfWorkspace[];
  readonly channels: readonly { readonly id: number; readonly kind: string }[];
}

/** The bot as published, but for one flow, which runs as it is drawn now; and for its channels: there is the simulated one beside them. */
export function toSimulatedBot(
  read: ReadBot,
  draft: { readonly ref: string; readonly document: FlowDocument } | undefined,
  channel: { readonly id: number; readonly kind: string },
): BotSnapshot {
  const { id, ref, name, workspaceId, timeZone } = read;
  const flows = new Map(read.flows.map((flow) => [flow.ref, flow]));
  if (draft !== undefined) {
    const { name: title } = draft.document;
    const published = flows.get(draft.ref);
    flows.set(draft.ref, { id: 0, version: 0, ...published, ref: draft.ref, name: title, document: draft.document });
  }
  return {
    id,
    ref,
    name,
    workspaceId,
    timeZone,
    // By age, as a server has them: of two flows with the same trigger the older one takes it. A flow that was never published is the youngest.
    flows: new Map(Array.from(flows, ([key, flow]) => [key, preparePublishedFlow(flow)])),
    tags: new Set(read.tags),
    labels: new Set(read.labels),
    fields: byKeyAndName(read.fields),
    variableDefinitions: byKeyAndName(read.variables),
    sequences: new Map(read.sequences.map((sequence) => [sequence.ref, sequence])),
    entryLinks: new Map(
      read.entryLinks.map((link) => {
        const data = (link.data ?? undefined) as EntryData | undefined;
        return [link.ref, { ...link, flow: link.flow ?? undefined, step: link.step ?? undefined, data }];
      }),
    ),
    members: new Map(read.members.map((member) => [member.id, member.name])),
    memberEmails: new Map(read.members.map((member) => [member.email.toLowerCase(), member.id])),
    closingNotes: new Map(read.closingNotes.map((note) => [note.name, note])),
    salesPlans: new Map(
      read.salesPlans.map((plan) => [plan.ref, { ...plan, averageCheck: plan.averageCheck ?? undefined }]),
    ),
    // Nobody outside hears of what is only played.
    webhooks: [],
    integrations: read.integrations,
    channels: new Map([
      ...read.channels.map((one) => [one.id, one.kind] as const),
      [channel.id, channel.kind] as const,
    ]),
  };
}

/** The values that the bot's variables have now. */
export function toVariables({ variables }: ReadBot): Readonly<Record<string, FieldValue>> {
  return Object.fromEntries(variables.flatMap(({ key, value }) => (value === null ? [] : [[key, value]])));
}
