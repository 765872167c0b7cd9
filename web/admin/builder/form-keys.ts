import { useContext } from "react";
import { useBotChannels } from "../messenger/use-bot-channels.ts";
import { useChannelKinds } from "../messenger/use-channel-kinds.ts";
import type { JsonSchema } from "./json-schema.ts";
import { StepScopeContext } from "./step-scope.ts";

const isSet = (value: unknown) =>
  value !== undefined && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);

/**
 * The settings of an object that a form shows, in their order, parts that only some channels have last: what is of no use here stays away, unless it is set.
 * `ownParts`: those that the bot's channels have.
 */
export function shownKeys(
  properties: Readonly<Record<string, JsonSchema>>,
  settings: Readonly<Record<string, unknown>>,
  ownParts: readonly string[],
): readonly string[] {
  const isOfUse = (key: string, { ofTypes, isOwnPart }: JsonSchema) =>
    ofTypes?.includes(String(settings.type)) !== false && (isOwnPart !== true || ownParts.includes(key));
  const shown = Object.entries(properties).filter(([key, schema]) => isOfUse(key, schema) || isSet(settings[key]));
  const isOwn = ([, { isOwnPart }]: (typeof shown)[number]) => isOwnPart === true;
  return [...shown.filter((one) => !isOwn(one)), ...shown.filter(isOwn)].map(([key]) => key);
}

/** The parts of a message that the bot's channels have of their own; none until it is known. */
export function useOwnParts(): readonly string[] {
  const { botId } = useContext(StepScopeContext);
  const kinds = useChannelKinds();
  const channels = useBotChannels(botId) ?? [];
  return kinds
    .filter(({ kind }) => channels.some((channel) => channel.kind === kind))
    .flatMap(({ capabilities }) => capabilities.ownParts ?? []);
}
