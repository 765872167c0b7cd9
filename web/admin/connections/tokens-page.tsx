import { Badge, Button, MultiSelect, Select, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { scopeGroupNames, scopes, teamScope } from "../../../src/http/contract/common.ts";
import type { TokenBody, tokenCreatedSchema } from "../../../src/http/contract/tokens.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { BotChoice, useBotNames } from "../setup/bot-choice.tsx";

const kinds = ["api", "action-link", "uchat", "chatbot", "bothelp"] as const satisfies readonly TokenBody["kind"][];

/** What programs sign in with. */
export function TokensPage() {
  const { t } = useTranslation();
  const mayChange = useMayChange();
  const tokens = useList<TokenBody>("/tokens");
  const [isMaking, setMaking] = useState(false);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      {t("tokens.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.tokens")} actions={create}>
      <Listing
        list={tokens}
        empty={<EmptyState title={t("tokens.empty.title")} text={t("tokens.empty.text")} action={create} />}
      >
        {(items) => <Tokens tokens={items} />}
      </Listing>
      {isMaking ? <NewToken onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

function Tokens({ tokens }: { readonly tokens: readonly TokenBody[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const botNames = useBotNames();
  const head = [t("list.name"), t("list.kind"), t("tokens.may"), t("tokens.lastUsed"), t("list.created"), ""];
  return (
    <ListTable head={head} minWidth={760}>
      {tokens.map(({ id, name, kind, hint, botId, scopes: may, lastUsedAt, createdAt, revokedAt, expiresAt }) => (
        <Table.Tr key={id}>
          <Table.Td>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            <Text size="xs" c="dimmed" ff="monospace">
              …{hint}
            </Text>
          </Table.Td>
          <Table.Td>{t(`tokenKind.${kind}`)}</Table.Td>
          <Table.Td maw={240}>
            <Text size="xs">{botId === null ? t("list.allBots") : (botNames.get(botId) ?? "")}</Text>
            <Text size="xs" c="dimmed" className="breakable">
              {may.map((one) => scopeName(t, one)).join(", ")}
            </Text>
            {expiresAt === null || revokedAt !== null ? null : (
              <Text size="xs">
                {t(isPast(expiresAt) ? "tokens.expired" : "tokens.expires")} <Moment at={expiresAt} />
              </Text>
            )}
          </Table.Td>
          <Table.Td>{lastUsedAt === null ? t("tokens.never") : <Moment at={lastUsedAt} />}</Table.Td>
          <Table.Td>
            <Moment at={createdAt} />
          </Table.Td>
          <Table.Td ta="right">
            {revokedAt === null ? (
              <DeleteButton
                name={name}
                verb={t("tokens.revoke")}
                loss={t("tokens.loss")}
                onDelete={async () => {
                  await api.send("DELETE", `/tokens/${id}`);
                  await renew("/tokens");
                }}
              />
            ) : (
              <Badge variant="default" tt="none">
                {t("tokens.revoked")}
              </Badge>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}

const isPast = (instant: string) => Date.parse(instant) <= Date.now();

/** Groups have words; single scopes are what the API's document calls them. */
function scopeName(t: TFunction, scope: string): string {
  const group = scopeGroupNames.find((one) => one === scope);
  if (group !== undefined) return t(`tokens.group.${group}`);
  if (scope === teamScope) return t("tokens.teamShort");
  return scope === "*" ? t("tokens.everything") : scope;
}

function NewToken({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [kind, setKind] = useState<TokenBody["kind"]>("api");
  const [name, setName] = useState("");
  const [bot, setBot] = useState<number | undefined>(undefined);
  const [may, setMay] = useState<string[]>(["*"]);
  const [isTeam, setTeam] = useState(false);
  const [expires, setExpires] = useState("");
  const [made, setMade] = useState<string | null>(null);
  // A token of all bots has it anyway.
  const asksTeam = kind === "uchat" && bot !== undefined;
  const form = useForm(["name", "scopes", "bot", "expiresAt"], async () => {
    const body = {
      ...{ kind, name, scopes: asksTeam && isTeam ? [...may, teamScope] : may },
      ...(bot === undefined ? {} : { bot }),
      ...(expires === "" ? {} : { expiresAt: `${expires}T00:00:00Z` }),
    };
    setMade((await api.send<z.infer<typeof tokenCreatedSchema>>("POST", "/tokens", body)).token);
    await renew("/tokens");
  });
  if (made !== null) {
    return (
      <Dialog title={t("tokens.create")} onClose={onClose} size="lg">
        <Stack>
          <CopyField label={name} description={t("tokens.shownOnce")} value={made} />
        </Stack>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("tokens.create")} onClose={onClose} size="lg">
      <DialogForm form={form} submit={t("action.create")}>
        <TextInput
          label={t("list.name")}
          description={t("tokens.nameHint")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Select
          label={t("list.kind")}
          data={kinds.map((one) => ({ value: one, label: t(`tokenKind.${one}`) }))}
          value={kind}
          allowDeselect={false}
          onChange={(next) => {
            setKind(kinds.find((one) => one === next) ?? "api");
            setMay(["*"]);
          }}
        />
        <BotChoice all value={bot} onChange={setBot} error={form.fieldErrors.bot} />
        {asksTeam ? (
          <Switch
            label={t("tokens.team")}
            description={t("tokens.teamHint")}
            checked={isTeam}
            onChange={({ currentTarget }) => setTeam(currentTarget.checked)}
          />
        ) : null}
        <MultiSelect
          label={t("tokens.may")}
          description={t("tokens.mayHint")}
          required
          data={["*", ...scopeGroupNames, ...(kind === "api" ? scopes : [])].map((value) => ({
            value,
            label: scopeName(t, value),
          }))}
          value={may}
          error={form.fieldErrors.scopes}
          onChange={setMay}
        />
        <TextInput
          label={t("tokens.expires")}
          description={t("tokens.expiresHint")}
          type="date"
          value={expires}
          error={form.fieldErrors.expiresAt}
          onChange={({ currentTarget }) => setExpires(currentTarget.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
