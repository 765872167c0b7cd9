import { Anchor, Button, FileInput, Group, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { ImportBody, ImportPreviewBody } from "../../../src/http/contract/imports.ts";
import { useForm } from "../layout/form.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { ImportColumns } from "./import-columns.tsx";
import { ImportProgress } from "./import-progress.tsx";

const underWay: ReadonlySet<ImportBody["status"]> = new Set(["checking", "running"]);
const over: ReadonlySet<ImportBody["status"]> = new Set(["finished", "cancelled"]);

/** A file becomes contacts: chosen, its columns named, checked, imported. The address says which import it is: it survives a reload. */
export function ImportPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { id } = useSearch({ from: "/w/$domain/contacts/import" });
  const navigate = useNavigate({ from: "/w/$domain/contacts/import" });
  const found = useQuery({
    queryKey: [api.domain, "import", id],
    queryFn: ({ signal }) => api.get<ImportBody>(`/imports/${id}`, {}, signal),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (underWay.has(state.data?.status ?? "uploaded") ? 700 : false),
  });
  const { data } = found;
  return (
    <Page title={t("imports.title")}>
      {found.error === null ? null : <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />}
      {id === undefined ? <Upload onMade={(made) => void navigate({ search: { id: made } })} /> : null}
      {id !== undefined && data === undefined && found.error === null ? <Skeleton h={300} /> : null}
      {data === undefined || underWay.has(data.status) || over.has(data.status) ? null : (
        <ImportColumns key={data.id} found={data} />
      )}
      {data === undefined || data.status === "uploaded" ? null : (
        <ImportProgress found={data} onAgain={() => void navigate({ search: {} })} />
      )}
    </Page>
  );
}

function Upload({ onMade }: { readonly onMade: (id: number) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const bots = useQuery({
    queryKey: [api.domain, "bots"],
    queryFn: ({ signal }) => api.get<{ data: BotBody[] }>("/bots", {}, signal),
  });
  const all = bots.data?.data ?? [];
  const bot = chosen ?? all[0]?.ref ?? null;
  const form = useForm([], async () => {
    if (file === null || bot === null) return;
    const made = await api.upload<ImportPreviewBody>("/imports", { bot, name: file.name.slice(0, 200) }, file);
    client.setQueryData([api.domain, "import", made.id, "preview"], made);
    onMade(made.id);
  });
  return (
    <Section title={t("imports.file")}>
      <form onSubmit={form.onSubmit}>
        <Stack maw={560}>
          <Text size="sm" c="dimmed">
            {t("imports.lead")}
          </Text>
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <FileInput
            label={t("imports.file")}
            placeholder={t("imports.file")}
            accept=".csv,.txt,.tsv,text/csv"
            clearable
            value={file}
            onChange={setFile}
          />
          {all.length > 1 ? (
            <Select
              label={t("imports.bot")}
              data={all.map(({ ref, name }) => ({ value: ref, label: name }))}
              value={bot}
              allowDeselect={false}
              onChange={setChosen}
            />
          ) : null}
          <Group justify="space-between">
            <Anchor
              size="sm"
              href={`/api/v1/imports/template.csv?workspace=${encodeURIComponent(api.domain)}`}
              download="import-template.csv"
            >
              {t("imports.template")}
            </Anchor>
            <Button type="submit" loading={form.isBusy} disabled={file === null || bot === null}>
              {t("imports.upload")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
