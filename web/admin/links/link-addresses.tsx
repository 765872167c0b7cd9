import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import type { EntryLinkBody } from "../../../src/http/contract/entry-links.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { useList } from "../layout/resource.ts";
import { QrCode } from "./qr-code.tsx";

/** A link's addresses, each with its QR code. */
export function LinkAddresses({ link }: { readonly link: EntryLinkBody }) {
  const { t } = useTranslation();
  const channels = useList<ChannelBody>("/channels").items ?? [];
  if (link.links.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("entryLinks.noAddress")}
      </Text>
    );
  }
  return (
    <Stack gap="lg">
      {link.links.map(({ channelId, kind, url, qrSvg }) => (
        <Group key={channelId} align="flex-start" gap="lg">
          <Stack flex={1} miw={220}>
            <CopyField label={channels.find(({ id }) => id === channelId)?.name ?? kind} value={url} />
          </Stack>
          <QrCode svg={qrSvg} name={`${link.ref}-${kind}`} />
        </Group>
      ))}
    </Stack>
  );
}
