import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedReplyBody } from "../../../src/http/contract/saved-replies.ts";
import { TemplateInput } from "../builder/template-input.tsx";
import { useBasis } from "../layout/basis.ts";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";

/** Makes a saved reply, or changes one. */
export function SavedReplyForm({
  reply,
  onSaved,
}: {
  /** Undefined: a new one. */
  readonly reply: SavedReplyBody | undefined;
  readonly onSaved: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [text, setText] = useState(reply?.text ?? "");
  const basis = useBasis(`/saved-replies/${reply?.id}`, reply, ["shortcut", "text"]);
  const form = useForm(
    ["shortcut", "text"],
    async () => {
      const [method, path] =
        reply === undefined
          ? (["POST", "/saved-replies"] as const)
          : (["PATCH", `/saved-replies/${reply.id}`] as const);
      await api.send(method, path, { shortcut, text });
      await renew("/saved-replies");
      onSaved();
    },
    { "saved_reply.shortcut_taken": "shortcut" },
    basis,
  );
  return (
    <DialogForm form={form} submit={t("action.save")}>
      <TextInput
        label={t("inbox.shortcut")}
        leftSection="/"
        required
        data-autofocus
        value={shortcut}
        error={form.fieldErrors.shortcut}
        onChange={({ currentTarget }) => setShortcut(currentTarget.value)}
      />
      <TemplateInput label={t("inbox.savedText")} error={form.fieldErrors.text} value={text} onChange={setText} />
    </DialogForm>
  );
}
