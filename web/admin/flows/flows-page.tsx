import { Button, Group, Radio, Select, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { OwnRef } from "../setup/own-ref.tsx";
import { useTemplates } from "../templates/use-templates.ts";
import { FlowTable } from "./flow-table.tsx";

export function FlowsPage() {
  const { t } = useTranslation();
  const api = useApi();
  const [isOpen, { open, close }] = useDisclosure(false);
  const router = useRouter();
  const flows = useQuery({
    queryKey: [api.domain, "flows"],
    queryFn: ({ signal }) => api.get<{ data: FlowSummaryBody[] }>("/flows", {}, signal),
  });
  const bots = useQuery({
    queryKey: [api.domain, "bots"],
    queryFn: ({ signal }) => api.get<{ data: BotBody[] }>("/bots", {}, signal),
  });
  // Whoever looks at the list opens one of it: the canvas is the largest script there is, and it is there by then.
  const isShown = flows.isSuccess;
  useEffect(() => {
    if (isShown) void router.loadRouteChunk(router.routesByPath["/w/$domain/flows/$ref"]);
  }, [isShown, router]);
  const all = flows.data?.data ?? [];
  const botNames = new Map((bots.data?.data ?? []).map(({ id, name }) => [id, name]));
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t("flows.create")}
    </Button>
  );
  return (
    <Page title={t("nav.flows")} actions={create}>
      {flows.error === null ? null : <ErrorNotice error={flows.error} onRetry={() => void flows.refetch()} />}
      {flows.isPending && flows.error === null ? <Skeleton h={240} /> : null}
      {flows.isSuccess && all.length === 0 ? (
        <EmptyState title={t("flows.empty.title")} text={t("flows.empty.text")} action={create} />
      ) : null}
      {all.length > 0 ? <FlowTable flows={all} botNames={botNames} /> : null}
      {isOpen ? (
        <Dialog onClose={close} title={t("flows.create")}>
          <NewFlow bots={bots.data?.data ?? []} />
        </Dialog>
      ) : null}
    </Page>
  );
}

/** No ready flow. */
const empty = "empty";

function Choice({ value, title, about }: { readonly value: string; readonly title: string; readonly about: string }) {
  return (
    <Radio.Card value={value} p="xs" radius="md">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator mt={3} />
        <div>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Text size="xs" c="dimmed">
            {about}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}

/** The layout is a large script, wanted only once a template is chosen. */
async function place(ready: FlowDocument): Promise<FlowDocument> {
  const { placeTemplate } = await import("../templates/place-template.ts");
  return placeTemplate(ready);
}

function NewFlow({ bots }: { readonly bots: readonly BotBody[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const templates = useTemplates();
  const [template, setTemplate] = useState<string>(empty);
  const bot = chosen ?? bots[0]?.ref ?? null;
  const [ownRef, setOwnRef] = useState("");
  const form = useForm(
    ["document.name", "bot", "ref"],
    async () => {
      const ready = templates.find(({ key }) => key === template)?.document;
      const document = { ...(ready === undefined ? {} : await place(ready)), name };
      const wanted = ownRef === "" ? {} : { ref: ownRef };
      const { ref } = await api.send<FlowSummaryBody>("POST", "/flows", { bot, document, ...wanted });
      await client.invalidateQueries({ queryKey: [api.domain, "flows"] });
      await navigate({ to: `/w/${api.domain}/flows/${ref}` });
    },
    { "flow.ref_taken": "ref" },
  );
  return (
    <DialogForm form={form} submit={t("action.create")}>
      <TextInput
        label={t("field.name")}
        required
        data-autofocus
        value={name}
        error={form.fieldErrors["document.name"]}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {bots.length < 2 ? null : (
        <Select
          label={t("flows.bot")}
          data={bots.map((one) => ({ value: one.ref, label: one.name }))}
          value={bot}
          onChange={setChosen}
          allowDeselect={false}
        />
      )}
      <Radio.Group
        label={t("templates.title")}
        value={template}
        onChange={(key) => {
          // A name of one's own stays.
          const title = templates.find((one) => one.key === key)?.title ?? "";
          if (name === "" || templates.some((one) => one.title === name)) setName(title);
          setTemplate(key);
        }}
      >
        <Stack gap={6} mt={6}>
          <Choice value={empty} title={t("templates.empty")} about={t("templates.emptyAbout")} />
          {templates.map(({ key, title, about }) => (
            <Choice key={key} value={key} title={title} about={about} />
          ))}
        </Stack>
      </Radio.Group>
      <OwnRef value={ownRef} error={form.fieldErrors.ref} onChange={setOwnRef} />
    </DialogForm>
  );
}
