import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { iconOfKind } from "../layout/channel-kind-icon.ts";
import { useKindName } from "../settings/kind-words.ts";

/** Where the person is, messenger by messenger. */
export function ChannelIcons({ channels }: Pick<ContactBody, "channels">) {
  const nameOf = useKindName();
  return [...new Set(channels.map(({ kind }) => kind))].map((kind) => {
    const Drawn = iconOfKind(kind);
    return (
      <span key={kind} role="img" aria-label={nameOf(kind)} title={nameOf(kind)} style={{ display: "flex" }}>
        <Drawn size={18} aria-hidden />
      </span>
    );
  });
}
