import { Autocomplete } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { Flow } from "../builder/flow-types.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";

/** Puts a flow into a folder, a new one where it is named so first. The folder stands in the draft, so it goes along into files and copies. */
export function MoveFlow({
  flow: { ref, name, folder: before },
  folders,
  onClose,
}: {
  readonly flow: FlowSummaryBody;
  readonly folders: readonly string[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [folder, setFolder] = useState(before ?? "");
  const form = useForm(["document.folder"], async () => {
    const { draft, draftRevision } = await api.get<Flow>(`/flows/${ref}`);
    const { folder: _old, ...rest } = draft;
    const document = { ...rest, ...(folder.trim() === "" ? {} : { folder: folder.trim() }) };
    await api.send("PUT", `/flows/${ref}/draft`, { draftRevision, document });
    await renew("/flows");
    onClose();
  });
  return (
    <Dialog title={t("flows.moveTitle", { name })} onClose={onClose}>
      <DialogForm form={form} submit={t("action.save")} isTyped={folder !== (before ?? "")}>
        <Autocomplete
          label={t("flows.folder")}
          description={t("flows.folderHint")}
          data={[...folders]}
          maxLength={60}
          data-autofocus
          value={folder}
          error={form.fieldErrors["document.folder"]}
          onChange={setFolder}
        />
      </DialogForm>
    </Dialog>
  );
}
