import { Alert, MultiSelect, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { BroadcastBody, broadcastTestAnswerSchema } from "../../../src/http/contract/broadcasts.ts";
import type { contactRowSchema } from "../../../src/http/contract/contact-lists.ts";
import { nameOf } from "../contacts/name-of.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { describeReason } from "./describe-reason.ts";

type Answer = z.infer<typeof broadcastTestAnswerSchema>["data"];
type Found = z.infer<typeof contactRowSchema>;

/** Sends a broadcast to some contacts as a test: oneself, most of the time. */
export function TestSend({ broadcast, onClose }: { readonly broadcast: BroadcastBody; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const { id, botId, split } = broadcast;
  const [chosen, setChosen] = useState<readonly Found[]>([]);
  const [variant, setVariant] = useState("1");
  const [answer, setAnswer] = useState<Answer>([]);
  const form = useForm(["contacts", "variant"], async () => {
    setAnswer([]);
    const { data } = await api.send<{ readonly data: Answer }>("POST", `/broadcasts/${id}/test`, {
      contacts: chosen.map((one) => one.id),
      note: t("broadcasts.test.note"),
      ...(split === null ? {} : { variant: Number(variant) }),
    });
    setAnswer(data);
  });
  const nameOfId = (contactId: number) => {
    const found = chosen.find((one) => one.id === contactId);
    return found === undefined ? t("contact.number", { id: contactId }) : nameOf(t, found);
  };
  return (
    <Dialog title={t("broadcasts.test.title")} onClose={onClose}>
      <DialogForm form={form} submit={t("broadcasts.test.send")} isTyped={false}>
        <Text size="sm">{t("broadcasts.test.text")}</Text>
        <ContactChoice botId={botId} chosen={chosen} onChange={setChosen} error={form.fieldErrors.contacts} />
        {split === null ? null : (
          <Select
            label={t("broadcasts.split.which")}
            data={split.variants.map(({ name }, index) => ({ value: String(index + 1), label: name }))}
            value={variant}
            allowDeselect={false}
            onChange={(next) => next !== null && setVariant(next)}
          />
        )}
        {answer.length === 0 ? null : (
          <Alert color={answer.every(({ status }) => status === "sent") ? "teal" : "yellow"} role="status">
            <Stack gap={2}>
              {answer.map(({ contactId, status, reason }) => (
                <Text key={contactId} size="sm" className="breakable">
                  {nameOfId(contactId)}: {t(`broadcasts.recipient.${status}`)}
                  {reason === null ? "" : ` — ${describeReason(t, reason)}`}
                </Text>
              ))}
            </Stack>
          </Alert>
        )}
      </DialogForm>
    </Dialog>
  );
}

const pauseMs = 300;

/** Contacts of the bot, looked for by what they are called. */
function ContactChoice({
  botId,
  chosen,
  onChange,
  error,
}: {
  readonly botId: number;
  readonly chosen: readonly Found[];
  readonly onChange: (contacts: readonly Found[]) => void;
  readonly error: string | undefined;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed.trim(), pauseMs);
  const { data } = useQuery({
    queryKey: [api.domain, "broadcast-testers", botId, asked],
    queryFn: ({ signal }) =>
      api.ask<{ readonly data: readonly Found[] }>(
        "/contacts/search",
        { bot: botId, limit: 20, ...(asked === "" ? {} : { q: asked }) },
        signal,
      ),
  });
  const known = [...chosen, ...(data?.data ?? [])].filter(
    (one, place, all) => all.findIndex(({ id }) => id === one.id) === place,
  );
  return (
    <MultiSelect
      label={t("broadcasts.test.contacts")}
      required
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      maxValues={10}
      nothingFoundMessage={t("choice.nothing")}
      filter={({ options }) => options}
      data={known.map((one) => ({ value: String(one.id), label: nameOf(t, one) }))}
      value={chosen.map(({ id }) => String(id))}
      error={error}
      onChange={(ids) => onChange(ids.flatMap((id) => known.find((one) => String(one.id) === id) ?? []))}
    />
  );
}
