import { Badge, Button, MultiSelect, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { scopes } from "../../../src/http/contract/common.ts";
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
      {tokens.map(({ id, name, kind, hint, botId, scopes: may, lastUsedAt, createdAt, revokedAt }) => (
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
              {may.includes("*") ? t("tokens.everything") : may.join(", ")}
            </Text>
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

function NewToken({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [kind, setKind] = useState<TokenBody["kind"]>("api");
  const [name, setName] = useState("");
  const [bot, setBot] = useState<number | undefined>(undefined);
  const [may, setMay] = useState<string[]>(["*"]);
  const [made, setMade] = useState<string | null>(null);
  const form = useForm(["name", "scopes", "bot"], async () => {
    const body = { kind, name, ...(bot === undefined ? {} : { bot }), ...(kind === "api" ? { scopes: may } : {}) };
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
          onChange={(next) => setKind(kinds.find((one) => one === next) ?? "api")}
        />
        <BotChoice all value={bot} onChange={setBot} error={form.fieldErrors.bot} />
        {kind === "api" ? (
          <MultiSelect
            label={t("tokens.may")}
            description={t("tokens.mayHint")}
            data={[{ value: "*", label: t("tokens.everything") }, ...scopes.map((one) => ({ value: one, label: one }))]}
            value={may}
            error={form.fieldErrors.scopes}
            onChange={setMay}
          />
        ) : null}
      </DialogForm>
    </Dialog>
  );
}
