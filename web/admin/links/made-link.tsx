import { Button, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { EntryLinkBody } from "../../../src/http/contract/entry-links.ts";
import { useApi } from "../layout/page.tsx";
import { LinkAddresses } from "./link-addresses.tsx";

/** A link that has just been made: to take along at once. */
export function MadeLink({ link, onClose }: { readonly link: EntryLinkBody; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { domain } = useApi();
  const [only, ...others] = link.links;
  return (
    <Stack>
      <Text size="sm" role="status">
        {t("entryLinks.made")}
      </Text>
      <LinkAddresses link={link} />
      <Group justify="flex-end" gap="sm">
        <Button
          variant="default"
          component={Link}
          to={`/w/${domain}/entry-links/${link.ref}`}
          onClick={() => onClose()}
        >
          {t("entryLinks.toPage")}
        </Button>
        {only === undefined || others.length > 0 ? (
          <Button data-autofocus onClick={onClose}>
            {t("action.close")}
          </Button>
        ) : (
          <CopyButton value={only.url}>
            {({ copied, copy }) => (
              <Button
                data-autofocus
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                onClick={copy}
              >
                {t(copied ? "action.copied" : "entryLinks.copy")}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
    </Stack>
  );
}
