import { NumberInput, Select, Skeleton, Stack, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionBody } from "../../../src/http/contract/sign-in.ts";
import type { WorkspaceBody } from "../../../src/http/contract/workspace.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useMayChange, useRenew, useWorkspace } from "../layout/resource.ts";
import { sessionQuery, useSession } from "../session.ts";
import { DeleteWorkspace } from "./delete-workspace.tsx";

/** What the workspace is called and what time it lives in. */
export function WorkspacePage() {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const session = useSession();
  const isOwner = session?.workspaces.some(({ id, role }) => id === workspace?.id && role === "owner") === true;
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
          {isOwner ? (
            <Section title={t("deletion.workspace")}>
              <DeleteWorkspace workspace={workspace} />
            </Section>
          ) : null}
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
  const [auditDays, setAuditDays] = useState<number | string>(workspace.auditDays);
  const [assignsOnReply, setAssignsOnReply] = useState(workspace.assignsOnReply);
  const [needsSecondFactor, setNeedsSecondFactor] = useState(workspace.needsSecondFactor);
  const session = useSession();
  const isOwner = session?.workspaces.some(({ id, role }) => id === workspace.id && role === "owner") === true;
  const basis = useBasis("/workspace", workspace, [
    "name",
    "timeZone",
    "auditDays",
    "assignsOnReply",
    "needsSecondFactor",
  ]);
  const form = useForm(
    ["name", "timeZone", "auditDays"],
    async () => {
      const change = { name, timeZone, auditDays: Number(auditDays), assignsOnReply, needsSecondFactor };
      const changed = await api.send<WorkspaceBody>("PATCH", "/workspace", change);
      client.setQueryData<SessionBody>(sessionQuery.queryKey, (session) =>
        session === undefined
          ? undefined
          : {
              ...session,
              workspaces: session.workspaces.map((one) =>
                one.id === changed.id
                  ? { ...one, name: changed.name, needsSecondFactor: changed.needsSecondFactor }
                  : one,
              ),
            },
      );
      await renew("/workspace");
      notifications.show({ message: t("saved") });
    },
    {},
    basis,
  );
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
      <NumberInput
        label={t("audit.keep")}
        description={t("audit.keepHint")}
        allowDecimal={false}
        allowNegative={false}
        disabled={!mayChange}
        value={auditDays}
        error={form.fieldErrors.auditDays}
        onChange={setAuditDays}
      />
      <Switch
        label={t("workspace.assignsOnReply")}
        description={t("workspace.assignsOnReplyHint")}
        disabled={!mayChange}
        checked={assignsOnReply}
        onChange={({ currentTarget }) => setAssignsOnReply(currentTarget.checked)}
      />
      <Switch
        label={t("secondFactor.rule")}
        description={t("secondFactor.ruleHint")}
        disabled={!isOwner || session?.user?.hasSecondFactor !== true}
        checked={needsSecondFactor}
        onChange={({ currentTarget }) => setNeedsSecondFactor(currentTarget.checked)}
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
