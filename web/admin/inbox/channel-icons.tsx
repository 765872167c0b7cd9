import {
  type Icon,
  IconBrandInstagram,
  IconBrandMessenger,
  IconBrandTelegram,
  IconBrandViber,
  IconBrandVk,
  IconBrandWhatsapp,
  IconMail,
  IconMessageCircle,
} from "@tabler/icons-react";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { useList } from "../layout/resource.ts";
import type { ChannelKind } from "../settings/connect-channel.tsx";

const icons: Readonly<Record<string, Icon>> = {
  telegram: IconBrandTelegram,
  whatsapp: IconBrandWhatsapp,
  viber: IconBrandViber,
  vk: IconBrandVk,
  messenger: IconBrandMessenger,
  instagram: IconBrandInstagram,
  email: IconMail,
};

/** Where the person is, messenger by messenger. */
export function ChannelIcons({ channels }: Pick<ContactBody, "channels">) {
  const kinds = useList<ChannelKind>("/channel-kinds").items;
  return [...new Set(channels.map(({ kind }) => kind))].map((kind) => {
    const Shown = Object.hasOwn(icons, kind) ? icons[kind] : undefined;
    const title = kinds?.find((one) => one.kind === kind)?.title ?? kind;
    const Drawn = Shown ?? IconMessageCircle;
    return (
      <span key={kind} role="img" aria-label={title} title={title} style={{ display: "flex" }}>
        <Drawn size={18} aria-hidden />
      </span>
    );
  });
}
