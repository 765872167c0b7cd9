import { Fieldset, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryLinkBody } from "../../../src/http/contract/entry-links.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice, useChosenBot } from "../setup/bot-choice.tsx";
import { FlowChoice, type Start } from "../setup/flow-choice.tsx";
import { emptyData, toEntryData } from "./entry-data.ts";
import { EntryDataFields } from "./entry-data-fields.tsx";
import { PayloadMeter } from "./payload-meter.tsx";

type Carries = "nothing" | "key" | "data";

/** Makes a link: what it starts, what stands in it for one person, what it brings along for everybody. */
export function NewEntryLink({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [start, setStart] = useState<Start>({ flow: null, step: null });
  const [carries, setCarries] = useState<Carries>("nothing");
  const [key, setKey] = useState("");
  const [inLink, setInLink] = useState(emptyData);
  const [brought, setBrought] = useState(emptyData);
  const botId = useChosenBot(chosenBot);
  const stored = toEntryData(brought);
  const wish = {
    key: carries === "key" && key !== "" ? key : undefined,
    data: carries === "data" ? toEntryData(inLink) : undefined,
    isNamed: start.flow !== null || stored !== undefined,
  };
  const form = useForm(
    ["name", "flow", "step", "key"],
    async () => {
      const made = await api.send<EntryLinkBody>("POST", "/entry-links", {
        bot: botId,
        name,
        ...(start.flow === null ? {} : { flow: start.flow }),
        ...(start.step === null ? {} : { step: start.step }),
        ...(wish.key === undefined ? {} : { key: wish.key }),
        ...(wish.data === undefined ? {} : { data: wish.data }),
        ...(stored === undefined ? {} : { stored }),
      });
      await renew("/entry-links");
      await navigate({ to: `/w/${api.domain}/entry-links/${made.ref}` });
    },
    carries === "key" ? { "entry_link.bad_characters": "key", "entry_link.too_long": "key" } : {},
  );
  return (
    <Dialog title={t("entryLinks.create")} onClose={onClose} size="lg">
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
            setStart({ flow: null, step: null });
          }}
        />
        <FlowChoice
          botId={botId}
          value={start}
          onChange={setStart}
          errors={form.fieldErrors}
          without={t("entryLinks.byTriggers")}
        />
        <Fieldset legend={t("entryLinks.inLink")} p="sm">
          <Stack gap="sm">
            <SegmentedControl
              aria-label={t("entryLinks.inLink")}
              data={(["nothing", "key", "data"] as const).map((one) => ({
                value: one,
                label: t(`entryLinks.carries.${one}`),
              }))}
              value={carries}
              onChange={(next) => setCarries(next as Carries)}
            />
            {carries === "key" ? (
              <TextInput
                label={t("entryLinks.key")}
                description={t("entryLinks.keyHint")}
                value={key}
                error={form.fieldErrors.key}
                onChange={({ currentTarget }) => setKey(currentTarget.value)}
              />
            ) : null}
            {carries === "data" ? <EntryDataFields value={inLink} onChange={setInLink} /> : null}
            <PayloadMeter botId={botId} wish={wish} />
          </Stack>
        </Fieldset>
        <Fieldset legend={t("entryLinks.stored")} p="sm">
          <Stack gap="sm">
            <Text size="xs" c="dimmed">
              {t("entryLinks.storedHint")}
            </Text>
            <EntryDataFields value={brought} onChange={setBrought} />
          </Stack>
        </Fieldset>
      </DialogForm>
    </Dialog>
  );
}
