import { useTranslation } from "react-i18next";
import { useList } from "../layout/resource.ts";
import type { ChannelKindWords } from "../words/en/channel-kinds.ts";
import type { ChannelKind } from "./connect-channel.tsx";

/** What is said of a kind of channel; undefined: nothing. */
export function useKindWords(): (kind: string) => ChannelKindWords | undefined {
  const { t } = useTranslation();
  const known: Readonly<Record<string, ChannelKindWords>> = t("channelKind", { returnObjects: true });
  return (kind) => (Object.hasOwn(known, kind) ? known[kind] : undefined);
}

/** What a kind of channel is called; one that nobody has words for, and the server does not know either, by its key. */
export function useKindName(): (kind: string) => string {
  const words = useKindWords();
  const kinds = useList<ChannelKind>("/channel-kinds").items;
  return (kind) => words(kind)?.title ?? kinds?.find((one) => one.kind === kind)?.title ?? kind;
}

/** The kinds in the order in which they are offered: as the words have them. */
export function useOffered(kinds: readonly ChannelKind[]): readonly ChannelKind[] {
  const { t } = useTranslation();
  const order = Object.keys(t("channelKind", { returnObjects: true }));
  const placeOf = ({ kind }: ChannelKind) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return kinds.toSorted((one, other) => placeOf(one) - placeOf(other));
}
