import { PasswordInput, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { call, setProofAsker } from "../api.ts";
import { Dialog, DialogForm } from "./dialog.tsx";
import { useForm } from "./form.tsx";

interface Asked {
  readonly resolve: () => void;
  readonly reject: () => void;
}

/** Asks for the password where the server wants it again, over whatever the person is doing; then what they did goes on. */
export function ProofDialog() {
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    setProofAsker(
      () =>
        new Promise((resolve, reject) => {
          setAsked({ resolve, reject });
        }),
    );
    return () => setProofAsker(undefined);
  }, []);
  if (asked === undefined) return null;
  const end = (how: keyof Asked) => () => {
    setAsked(undefined);
    asked[how]();
  };
  return <Ask onProven={end("resolve")} onClose={end("reject")} />;
}

function Ask({ onProven, onClose }: { readonly onProven: () => void; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const send = async () => {
    await call("POST", "/auth/proof", { body: { current } });
    onProven();
  };
  const form = useForm(["current"], send, { "session.wrong_password": "current" });
  return (
    <Dialog title={t("proof.title")} onClose={onClose} size="sm">
      <DialogForm form={form} submit={t("proof.goOn")} isTyped={false}>
        <Text size="sm">{t("proof.why")}</Text>
        <PasswordInput
          label={t("account.current")}
          autoComplete="current-password"
          required
          data-autofocus
          value={current}
          error={form.fieldErrors.current}
          onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
