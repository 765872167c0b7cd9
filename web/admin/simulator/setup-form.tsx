import {
  Box,
  Button,
  Fieldset,
  Group,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { parseFieldValue } from "../../../src/engine/values.ts";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { BotSnapshotBody } from "../../../src/http/contract/simulation.ts";
import { nameOf } from "../contacts/name-of.ts";
import { useApi } from "../layout/page.tsx";
import { useSentence } from "../layout/trouble.tsx";
import { useChannelKinds } from "../messenger/use-channel-kinds.ts";
import type { Setup } from "./setup.ts";
import type { SimulatedFlow, Simulator } from "./use-simulator.ts";

/** Who plays, where and when. */
export function SetupForm({ flow, simulator }: { readonly flow: SimulatedFlow; readonly simulator: Simulator }) {
  const { t } = useTranslation();
  const { setup, setSetup } = simulator;
  const [isReal, setReal] = useState(setup.contact !== undefined);
  const kinds = useChannelKinds();
  const set = (change: Partial<Setup>) => setSetup({ ...setup, ...change });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void simulator.begin();
      }}
    >
      <Stack gap="sm" pb="xl">
        <Text size="sm" c="dimmed">
          {t("simulator.about")}
        </Text>
        <Button
          type="submit"
          loading={simulator.isBusy}
          disabled={isReal && setup.contact === undefined}
          leftSection={<IconPlayerPlay size={16} />}
        >
          {t("simulator.play")}
        </Button>
        <SegmentedControl
          fullWidth
          aria-label={t("simulator.who")}
          value={isReal ? "real" : "invented"}
          data={[
            { value: "invented", label: t("simulator.invented") },
            { value: "real", label: t("simulator.real") },
          ]}
          onChange={(value) => {
            setReal(value === "real");
            set({ contact: undefined });
          }}
        />
        {isReal ? (
          <RealContact flow={flow} setup={setup} set={set} />
        ) : (
          <InventedContact flow={flow} setup={setup} set={set} />
        )}
        <Select
          label={t("simulator.channel")}
          data={kinds.map(({ kind, title }) => ({ value: kind, label: title }))}
          value={setup.channelKind}
          allowDeselect={false}
          onChange={(channelKind) => set({ channelKind: channelKind ?? "webchat" })}
        />
        <TextInput
          type="datetime-local"
          label={t("simulator.time")}
          description={t("simulator.timeHint")}
          value={setup.at}
          onChange={({ currentTarget }) => set({ at: currentTarget.value })}
        />
        <Select
          label={t("simulator.begin")}
          data={(["flow", "start", "message"] as const).map((value) => ({
            value,
            label: t(`simulator.begins.${value}`),
          }))}
          value={setup.begin}
          allowDeselect={false}
          onChange={(begin) => set({ begin: begin ?? "flow" })}
        />
        {setup.begin === "start" ? (
          <TextInput
            label={t("simulator.payload")}
            description={t("simulator.payloadHint")}
            value={setup.payload}
            onChange={({ currentTarget }) => set({ payload: currentTarget.value })}
          />
        ) : null}
      </Stack>
    </form>
  );
}

interface PartProps {
  readonly flow: SimulatedFlow;
  readonly setup: Setup;
  readonly set: (change: Partial<Setup>) => void;
}

function RealContact({ flow, setup, set }: PartProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [search, setSearch] = useState("");
  const [wanted] = useDebouncedValue(search.trim(), 250);
  const [chosen, setChosen] = useState<{ readonly value: string; readonly label: string }>();
  const { data } = useQuery({
    queryKey: [api.domain, "contacts", "simulator", flow.botId, wanted],
    queryFn: ({ signal }) => {
      const q = wanted === "" || wanted === chosen?.label ? undefined : wanted;
      return api.get<{ data: ContactBody[] }>("/contacts", { bot: flow.botId, limit: 20, q }, signal);
    },
  });
  const found = (data?.data ?? []).map((contact) => ({ value: String(contact.id), label: nameOf(t, contact) }));
  const options =
    chosen === undefined || found.some(({ value }) => value === chosen.value) ? found : [chosen, ...found];
  return (
    <Select
      label={t("simulator.contact")}
      description={t("simulator.contactHint")}
      placeholder={t("simulator.findContact")}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options: all }) => all}
      nothingFoundMessage={t("simulator.noContact")}
      data={options}
      value={setup.contact === undefined ? null : String(setup.contact)}
      onChange={(value) => {
        setChosen(options.find((option) => option.value === value));
        set({ contact: value === null ? undefined : Number(value) });
      }}
    />
  );
}

function InventedContact({ flow, setup, set }: PartProps) {
  const { t } = useTranslation();
  const say = useSentence();
  const api = useApi();
  const { data: bot } = useQuery({
    queryKey: [api.domain, "bot-snapshot", flow.botId],
    queryFn: ({ signal }) => api.get<BotSnapshotBody>(`/bots/${flow.botId}/snapshot`, {}, signal),
    staleTime: 30_000,
  });
  const text = (key: "name" | "email" | "phone") => (
    <TextInput
      size="xs"
      label={t(`simulator.person.${key}`)}
      value={setup[key]}
      onChange={({ currentTarget }) => set({ [key]: currentTarget.value })}
    />
  );
  return (
    <Folded title={t("simulator.personSettings")}>
      <Stack gap="xs">
        {text("name")}
        {text("email")}
        {text("phone")}
        <TagsInput
          size="xs"
          label={t("simulator.person.tags")}
          data={bot?.tags ?? []}
          value={[...setup.tags]}
          onChange={(tags) => set({ tags })}
        />
        {(bot?.fields ?? []).map(({ key, name, kind }) => {
          const value = setup.fields[key] ?? "";
          const parsed = value === "" ? undefined : parseFieldValue(kind, value);
          return (
            <TextInput
              key={key}
              size="xs"
              label={name}
              value={value}
              error={parsed?.ok === false ? say(parsed) : undefined}
              onChange={({ currentTarget }) => set({ fields: { ...setup.fields, [key]: currentTarget.value } })}
            />
          );
        })}
      </Stack>
    </Folded>
  );
}

/** Most plays need nothing of it: it is there for whoever asks. */
function Folded({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Fieldset p="sm">
      <UnstyledButton fz="sm" w="100%" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Group gap={6} wrap="nowrap">
          {isOpen ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
          {title}
        </Group>
      </UnstyledButton>
      {isOpen ? <Box mt="xs">{children}</Box> : null}
    </Fieldset>
  );
}
