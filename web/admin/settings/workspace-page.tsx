import { Select, Skeleton, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionBody } from "../../../src/http/contract/sign-in.ts";
import type { WorkspaceBody } from "../../../src/http/contract/workspace.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useMayChange, useRenew, useWorkspace } from "../layout/resource.ts";
import { sessionQuery } from "../session.ts";

/** What the workspace is called and what time it lives in. */
export function WorkspacePage() {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  return (
    <Page title={t("menu.workspace")}>
      {workspace === undefined ? (
        <Skeleton h={240} />
      ) : (
        <>
          <Section title={t("workspace.general")}>
            <General key={workspace.id} workspace={workspace} />
          </Section>
          <Section title={t("workspace.addresses")}>
            <Stack>
              <CopyField
                label={t("workspace.domain")}
                description={t("workspace.domainHint")}
                value={workspace.domain}
              />
              <CopyField
                label={t("workspace.publicUrl")}
                description={t("workspace.publicUrlHint")}
                value={workspace.publicUrl}
              />
            </Stack>
          </Section>
        </>
      )}
    </Page>
  );
}

function General({ workspace }: { readonly workspace: WorkspaceBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const client = useQueryClient();
  const mayChange = useMayChange();
  const [name, setName] = useState(workspace.name);
  const [timeZone, setTimeZone] = useState(workspace.timeZone);
  const form = useForm(["name", "timeZone"], async () => {
    const changed = await api.send<WorkspaceBody>("PATCH", "/workspace", { name, timeZone });
    client.setQueryData<SessionBody>(sessionQuery.queryKey, (session) =>
      session === undefined
        ? undefined
        : {
            ...session,
            workspaces: session.workspaces.map((one) => (one.id === changed.id ? { ...one, name: changed.name } : one)),
          },
    );
    await renew("/workspace");
    notifications.show({ message: t("saved") });
  });
  const fields = (
    <>
      <TextInput
        label={t("list.name")}
        required
        disabled={!mayChange}
        value={name}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Select
        label={t("field.timeZone")}
        description={t("workspace.timeZoneHint")}
        searchable
        limit={50}
        allowDeselect={false}
        disabled={!mayChange}
        data={[...new Set(["UTC", workspace.timeZone, ...Intl.supportedValuesOf("timeZone")])]}
        value={timeZone}
        error={form.fieldErrors.timeZone}
        onChange={(next) => next !== null && setTimeZone(next)}
      />
    </>
  );
  if (!mayChange) return <Stack>{fields}</Stack>;
  return (
    <DialogForm form={form} submit={t("action.save")}>
      {fields}
    </DialogForm>
  );
}
