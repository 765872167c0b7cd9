import { ActionIcon, Button, Group, Modal, Paper, ScrollArea, Select, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowVersionBody } from "../../../src/http/contract/flows.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { DifferenceList } from "./difference-list.tsx";
import { FlowFiles } from "./flow-files.tsx";
import type { DraftEditor } from "./use-draft.ts";

/** The draft, as a choice beside the versions. */
const draft = "draft";

/** What was published when and by whom; what is otherwise between any two; back into the draft; and the flow as a file. */
export function VersionsPanel({
  flowRef,
  editor,
  onClose,
}: {
  readonly flowRef: string;
  readonly editor: DraftEditor;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const versions = useVersions(flowRef);
  const [compared, setCompared] = useState<{ readonly before: string; readonly after: string }>();
  const all = versions.data?.data ?? [];
  const restore = useRestore(flowRef, editor);
  return (
    <Stack h="100%" gap={0} component="aside" aria-label={t("versions.title")}>
      <Group p="md" pb="xs" justify="space-between">
        <Title order={2} size="h5">
          {t("versions.title")}
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label={t("action.close")} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <ScrollArea flex={1} px="md" type="auto">
        <Stack gap="sm" pb="xl">
          {versions.error === null ? null : <ErrorNotice error={versions.error} />}
          {versions.isSuccess && all.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("versions.none")}
            </Text>
          ) : null}
          {all.map(({ version, note, publishedAt, publishedBy }) => (
            <Paper key={version} withBorder p="sm" component="article" aria-label={t("versions.version", { version })}>
              <Text size="sm" fw={600}>
                {t("versions.version", { version })}
              </Text>
              {note === "" ? null : <Text size="sm">{note}</Text>}
              <Text size="xs" c="dimmed">
                <Moment at={publishedAt} />
                {publishedBy === null ? "" : ` · ${publishedBy}`}
              </Text>
              <Group gap="xs" mt={6}>
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => setCompared({ before: String(version), after: draft })}
                >
                  {t("versions.compare")}
                </Button>
                <Button size="compact-xs" variant="light" onClick={() => void restore(version)}>
                  {t("versions.restore")}
                </Button>
              </Group>
            </Paper>
          ))}
          <FlowFiles flowRef={flowRef} editor={editor} />
        </Stack>
      </ScrollArea>
      {compared === undefined ? null : (
        <Comparison
          flowRef={flowRef}
          document={editor.document}
          versions={all}
          compared={compared}
          onChange={setCompared}
          onClose={() => setCompared(undefined)}
        />
      )}
    </Stack>
  );
}

function useVersions(flowRef: string) {
  const api = useApi();
  return useQuery({
    queryKey: [api.domain, "flow", flowRef, "versions"],
    queryFn: ({ signal }) => api.get<{ data: FlowVersionBody[] }>(`/flows/${flowRef}/versions`, {}, signal),
  });
}

/** Into the draft alone, as any other change: it can be taken back, and is published when somebody says so. */
function useRestore(flowRef: string, editor: DraftEditor): (version: number) => Promise<void> {
  const { t } = useTranslation();
  const api = useApi();
  return async (version) => {
    try {
      const { document } = await api.get<{ document: FlowDocument }>(`/flows/${flowRef}/versions/${version}`);
      editor.edit(() => document);
      notifications.show({ color: "teal", message: t("versions.restored", { version }) });
    } catch {
      notifications.show({ color: "red", message: t("trouble.network") });
    }
  };
}

function Comparison({
  flowRef,
  document,
  versions,
  compared,
  onChange,
  onClose,
}: {
  readonly flowRef: string;
  readonly document: FlowDocument;
  readonly versions: readonly FlowVersionBody[];
  readonly compared: { readonly before: string; readonly after: string };
  readonly onChange: (compared: { readonly before: string; readonly after: string }) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const before = useDocument(flowRef, compared.before, document);
  const after = useDocument(flowRef, compared.after, document);
  const choices = [
    { value: draft, label: t("versions.draft") },
    ...versions.map(({ version }) => ({ value: String(version), label: t("versions.version", { version }) })),
  ];
  const choose = (key: "before" | "after") => (
    <Select
      label={t(`versions.${key}`)}
      data={choices}
      value={compared[key]}
      allowDeselect={false}
      onChange={(value) => onChange({ ...compared, [key]: value ?? draft })}
    />
  );
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t("versions.difference")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Stack>
        <Group grow>
          {choose("before")}
          {choose("after")}
        </Group>
        {before === undefined || after === undefined ? null : <DifferenceList before={before} after={after} />}
      </Stack>
    </Modal>
  );
}

function useDocument(flowRef: string, version: string, present: FlowDocument): FlowDocument | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "flow", flowRef, "version", version],
    queryFn: ({ signal }) => api.get<{ document: FlowDocument }>(`/flows/${flowRef}/versions/${version}`, {}, signal),
    enabled: version !== draft,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return version === draft ? present : data?.document;
}
