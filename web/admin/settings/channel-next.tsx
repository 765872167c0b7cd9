import { Alert, Anchor, Button, Group, List, Stack } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { useBots, useList, useWorkspace } from "../layout/resource.ts";
import type { ChannelKind } from "./connect-channel.tsx";
import { useKindWords } from "./kind-words.ts";

/** What to do with a channel that is connected: try it, then let people know of it. */
export function ChannelNext({ channel, kind }: { readonly channel: ChannelBody; readonly kind: ChannelKind }) {
  const { t } = useTranslation();
  const { domain } = useApi();
  const steps = useKindWords()(channel.kind)?.next ?? [];
  const { chatUrl } = channel;
  return (
    <Section title={t("channels.next")}>
      <Stack>
        <NoFlow botId={channel.botId} />
        {steps.length === 0 ? null : (
          <List type="ordered" size="sm" spacing={4}>
            {steps.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
        )}
        {chatUrl === null ? null : (
          <>
            <CopyField label={t("channels.chatLink")} description={t("channels.chatLinkHint")} value={chatUrl} />
            <Group gap="sm">
              <Button
                component="a"
                href={chatUrl}
                target="_blank"
                rel="noreferrer"
                variant="light"
                leftSection={<IconExternalLink size={16} />}
              >
                {t("channels.openChat")}
              </Button>
              <Anchor component={Link} size="sm" to={`/w/${domain}/entry-links`}>
                {t("channels.makeLink")}
              </Anchor>
            </Group>
          </>
        )}
        {kind.capabilities.pull === true ? <Snippet botId={channel.botId} /> : null}
      </Stack>
    </Section>
  );
}

/** A bot that says nothing looks like a channel that does not work. */
function NoFlow({ botId }: { readonly botId: number }) {
  const { t } = useTranslation();
  const { domain } = useApi();
  const flows = useList<FlowSummaryBody>("/flows").items;
  if (flows === undefined || flows.some((flow) => flow.botId === botId && flow.publishedVersion !== null)) return null;
  return (
    <Alert color="yellow">
      {t("channels.noFlow")}{" "}
      <Anchor component={Link} inherit underline="always" to={`/w/${domain}/flows`}>
        {t("channels.buildFlow")}
      </Anchor>
    </Alert>
  );
}

/** What somebody puts on their site. */
function Snippet({ botId }: { readonly botId: number }) {
  const { t } = useTranslation();
  const publicUrl = useWorkspace()?.publicUrl;
  const ref = useBots().items?.find(({ id }) => id === botId)?.ref;
  if (publicUrl === undefined || ref === undefined) return null;
  return (
    <CopyField
      label={t("channels.snippet")}
      description={t("channels.snippetHint")}
      value={`<script src="${publicUrl}/widget.js" data-bot="${ref}" async></script>`}
    />
  );
}
