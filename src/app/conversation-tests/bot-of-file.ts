import { channelTypes } from "../../channels/index.ts";
import type { ClosingNote } from "../../model/conversation.ts";
import type { BotSnapshot } from "../../model/world.ts";
import { type ReadBot, toSimulatedBot } from "../../simulator/to-bot.ts";
import type { BotFile } from "../../store/bot-file.ts";
import type { ConversationFile } from "./conversation-file.ts";

export const channelId = 1;

/**
 * The bot of a file as a server has it once everything is published that the file says is, with the rules of each kind of channel. What a bot's file
 * leaves out (people, other systems, closing notes) the conversation file names.
 */
export function botOfFile(
  file: BotFile,
  { timeZone, members, integrations, closingNotes }: ConversationFile,
  channel: string,
): BotSnapshot {
  const definitions = <T extends { readonly key: string }>(list: readonly T[]) =>
    list.map((definition, index) => ({ id: index + 1, ...definition }));
  const read: ReadBot = {
    id: 1,
    ref: file.ref,
    name: file.name,
    workspaceId: 1,
    timeZone,
    flows: file.flows
      .filter(({ isPublished }) => isPublished)
      .map(({ ref, isPublished: _isPublished, ...document }, index) => ({
        id: index + 1,
        ref,
        name: document.name,
        version: 1,
        document,
      })),
    tags: file.tags,
    labels: file.labels,
    fields: definitions(file.fields),
    variables: definitions(file.variables).map(({ value = null, ...definition }) => ({ ...definition, value })),
    sequences: file.sequences,
    entryLinks: file.entryLinks.map(({ flow = null, step = null, data = null, ...link }) => ({
      ...link,
      flow,
      step,
      data,
    })),
    members,
    closingNotes: closingNotes.map(
      (name, index): ClosingNote => ({ id: index + 1, name, requireSummary: 1, requireAttachment: 1 }),
    ),
    salesPlans: file.salesPlans.map((plan, index) => ({
      id: index + 1,
      ...plan,
      managers: members.filter(({ managerOf }) => managerOf.includes(plan.ref)).map(({ id }) => id),
    })),
    integrations: integrations.map((integration, index) => ({ id: index + 1, ...integration })),
    channels: [],
  };
  return {
    ...toSimulatedBot(read, undefined, { id: channelId, kind: channel }),
    channelRules: new Map(Object.entries(channelTypes).map(([kind, { capabilities }]) => [kind, capabilities])),
  };
}
