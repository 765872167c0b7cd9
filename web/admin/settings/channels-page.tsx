import { ActionIcon, Button, Group, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing } from "../layout/listing.tsx";
import { EmptyState, Page, Section, useApi } from "../layout/page.tsx";
import { type List, useBots, useList, useMayChange, useRenew } from "../layout/resource.ts";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { ChannelStatus } from "./channel-status.tsx";
import { ConnectChannel } from "./connect-channel.tsx";
import { useKindName } from "./kind-words.ts";

/** The bots of the workspace, and where each of them talks. */
export function ChannelsPage() {
  const { t } = useTranslation();
  const bots = useBots();
  const channels = useList<ChannelBody>("/channels");
  const mayChange = useMayChange();
  const [edited, setEdited] = useState<BotBody | "new" | null>(null);
  const [connecting, setConnecting] = useState<BotBody | null>(null);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("bots.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.channels")} actions={create}>
      <Listing
        list={bots}
        empty={<EmptyState title={t("bots.empty.title")} text={t("bots.empty.text")} action={create} />}
      >
        {(items) =>
          items.map((bot) => (
            <Section
              key={bot.id}
              title={bot.name}
              actions={
                mayChange ? (
                  <Group gap="xs">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t("list.edit", { name: bot.name })}
                      onClick={() => setEdited(bot)}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                    <Button
                      size="compact-sm"
                      variant="light"
                      leftSection={<IconPlus size={14} />}
                      onClick={() => setConnecting(bot)}
                    >
                      {t("channels.connect")}
                    </Button>
                  </Group>
                ) : null
              }
            >
              <Channels channels={channels} botId={bot.id} />
            </Section>
          ))
        }
      </Listing>
      {edited === null ? null : <EditBot bot={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />}
      {connecting === null ? null : <ConnectChannel bot={connecting} onClose={() => setConnecting(null)} />}
    </Page>
  );
}

function Channels({ channels, botId }: { readonly channels: List<ChannelBody>; readonly botId: number }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const nameOf = useKindName();
  if (leavesNothing(channels.error, channels.items))
    return <ErrorNotice error={channels.error} onRetry={channels.retry} />;
  if (channels.items === undefined) return <Skeleton h={40} />;
  const own = channels.items.filter((channel) => channel.botId === botId);
  if (own.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("channels.none")}
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table verticalSpacing="sm">
        <Table.Tbody>
          {own.map(({ id, name, kind, status, statusMessage }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Link to="/w/$domain/settings/channels/$id" params={{ domain, id: String(id) }} className="row-link">
                  <Text span size="sm" fw={600}>
                    {name}
                  </Text>
                </Link>
                <Text size="xs" c="dimmed">
                  {nameOf(kind)}
                </Text>
              </Table.Td>
              <Table.Td>
                <Stack gap={2} align="flex-start">
                  <ChannelStatus status={status} />
                  {statusMessage === null ? null : (
                    <Text size="xs" className="breakable">
                      {statusMessage}
                    </Text>
                  )}
                </Stack>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function EditBot({ bot, onClose }: { readonly bot: BotBody | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(bot?.name ?? "");
  const basis = useBasis(`/bots/${bot?.ref}`, bot, ["name"]);
  const form = useForm(
    ["name"],
    async () => {
      await (bot === undefined ? api.send("POST", "/bots", { name }) : api.send("PATCH", `/bots/${bot.ref}`, { name }));
      await renew("/bots");
      onClose();
    },
    {},
    basis,
  );
  return (
    <Dialog title={t(bot === undefined ? "bots.create" : "bots.edit")} onClose={onClose}>
      <DialogForm form={form} submit={t(bot === undefined ? "action.create" : "action.save")}>
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {bot === undefined ? null : (
          <Group justify="space-between">
            <Group gap={4}>
              <Text size="sm">{t("bots.ref")}:</Text>
              <CopyText what={t("bots.ref")} value={bot.ref} />
            </Group>
            <DeleteButton
              isLabelled
              name={bot.name}
              loss={t("bots.loss")}
              onDelete={async () => {
                await api.send("DELETE", `/bots/${bot.ref}`);
                onClose();
                await renew("/bots", "/channels", "/flows");
              }}
            />
          </Group>
        )}
      </DialogForm>
    </Dialog>
  );
}
