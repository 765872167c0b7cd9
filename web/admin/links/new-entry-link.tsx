import { Button, Collapse, Group, Stack, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryLinkBody } from "../../../src/http/contract/entry-links.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice, useChosenBot } from "../setup/bot-choice.tsx";
import { FlowChoice, type Start } from "../setup/flow-choice.tsx";
import { type DataDraft, emptyData, toEntryData } from "./entry-data.ts";
import { LinkChannel } from "./link-channel.tsx";
import { MadeLink } from "./made-link.tsx";
import { type Carried, carriesNothing, PersonFields, toCarried } from "./person-fields.tsx";
import { StoredFields } from "./stored-fields.tsx";
import { useMissingFields } from "./use-missing-fields.ts";

/** Makes a link, and shows it: what it is for, what it starts, where; the rest only for whoever asks. */
export function NewEntryLink({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<EntryLinkBody | undefined>(undefined);
  return (
    <Dialog title={made === undefined ? t("entryLinks.create") : made.name} onClose={onClose} size="lg">
      {made === undefined ? <NewLinkForm onMade={setMade} /> : <MadeLink link={made} onClose={onClose} />}
    </Dialog>
  );
}

function NewLinkForm({ onMade }: { readonly onMade: (link: EntryLinkBody) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState("");
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [channel, setChannel] = useState<number | undefined>(undefined);
  const [start, setStart] = useState<Start>({ flow: null, step: null });
  const [carried, setCarried] = useState<Carried>(carriesNothing);
  const [brought, setBrought] = useState<DataDraft>(emptyData);
  const botId = useChosenBot(chosenBot);
  const stored = toEntryData(brought);
  const { make: makeFields } = useMissingFields(brought);
  const wish = { ...toCarried(carried), isNamed: start.flow !== null || stored !== undefined };
  const form = useForm(
    ["name", "flow", "step", "key"],
    async () => {
      await makeFields();
      const made = await api.send<EntryLinkBody>("POST", "/entry-links", {
        bot: botId,
        name,
        channel,
        flow: start.flow ?? undefined,
        step: start.step ?? undefined,
        key: wish.key,
        data: wish.data,
        stored,
      });
      await renew("/entry-links");
      onMade(made);
    },
    carried.kind === "key" ? { "entry_link.bad_characters": "key", "entry_link.too_long": "key" } : {},
  );
  return (
    <DialogForm form={form} submit={t("action.create")}>
      <TextInput
        label={t("list.name")}
        description={t("entryLinks.nameHint")}
        required
        data-autofocus
        value={name}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <BotChoice
        value={botId}
        onChange={(next) => {
          setChosenBot(next);
          setChannel(undefined);
          setStart({ flow: null, step: null });
        }}
      />
      <FlowChoice
        botId={botId}
        value={start}
        onChange={setStart}
        errors={form.fieldErrors}
        label={t("entryLinks.starts")}
        description={t("entryLinks.startsHint")}
        without={t("entryLinks.asUsual")}
      />
      <LinkChannel botId={botId} value={channel} onChange={setChannel} />
      <More hasError={form.fieldErrors.key !== undefined}>
        <StoredFields value={brought} onChange={setBrought} />
        <PersonFields
          value={carried}
          onChange={setCarried}
          keyError={form.fieldErrors.key}
          meter={{ botId, channel, wish }}
        />
      </More>
    </DialogForm>
  );
}

function More({ hasError, children }: { readonly hasError: boolean; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || hasError;
  return (
    <>
      <Group>
        <Button size="compact-sm" variant="subtle" px={0} aria-expanded={isShown} onClick={() => setOpen(!isOpen)}>
          {t(isShown ? "entryLinks.less" : "entryLinks.more")}
        </Button>
      </Group>
      <Collapse expanded={isShown}>{isShown ? <Stack>{children}</Stack> : null}</Collapse>
    </>
  );
}
