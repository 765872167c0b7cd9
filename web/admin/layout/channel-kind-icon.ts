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

const icons: Readonly<Record<string, Icon>> = {
  telegram: IconBrandTelegram,
  whatsapp: IconBrandWhatsapp,
  viber: IconBrandViber,
  vk: IconBrandVk,
  messenger: IconBrandMessenger,
  instagram: IconBrandInstagram,
  email: IconMail,
};

/** The sign of a kind of channel; of a kind without one a speech bubble. */
export function iconOfKind(kind: string): Icon {
  return (Object.hasOwn(icons, kind) ? icons[kind] : undefined) ?? IconMessageCircle;
}
