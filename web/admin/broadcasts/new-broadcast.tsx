import { NumberInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";
import { type ActionCall, actionCallSchema } from "../../../src/model/action-call.ts";
import type { JsonSchema } from "../builder/json-schema.ts";
import { SchemaField } from "../builder/schema-form.tsx";
import { TemplateInput } from "../builder/template-input.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice, useChosenBot } from "../setup/bot-choice.tsx";
import { FlowChoice, type Start } from "../setup/flow-choice.tsx";
import { type AudienceDraft, AudienceFields, toAudience } from "./audience-fields.tsx";

const actionsSchema = z.toJSONSchema(z.array(actionCallSchema).min(1).max(20), {
  io: "input",
  unrepresentable: "any",
  reused: "inline",
}) as JsonSchema;

type Kind = "content" | "flow" | "actions";

/** Drafts a broadcast: to whom, what, when and how fast. It is started on its own page. */
export function NewBroadcast({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [audience, setAudience] = useState<AudienceDraft>({ kind: "all", segments: [], condition: undefined });
  const [kind, setKind] = useState<Kind>("content");
  const [text, setText] = useState("");
  const [start, setStart] = useState<Start>({ flow: null, step: null });
  const [actions, setActions] = useState<readonly Partial<ActionCall>[]>([]);
  const [at, setAt] = useState("");
  const [perMinute, setPerMinute] = useState<number | null>(null);
  const bot = useChosenBot(chosenBot);
  const what = {
    content: { content: text },
    flow: { flow: start.flow ?? "", ...(start.step === null ? {} : { step: start.step }) },
    actions: { actions },
  }[kind];
  const form = useForm(["name", "content", "flow", "actions", "audience", "perMinute", "startAt"], async () => {
    const startAt = at === "" ? {} : { startAt: new Date(at).toISOString() };
    const body = { bot, name, audience: toAudience(audience), ...what, ...startAt, perMinute };
    const made = await api.send<BroadcastBody>("POST", "/broadcasts", body);
    await renew("/broadcasts");
    await navigate({ to: `/w/${api.domain}/broadcasts/${made.id}` });
  });
  const problem = form.fieldErrors.content ?? form.fieldErrors.actions;
  return (
    <Dialog title={t("broadcasts.create")} onClose={onClose} size="lg">
      <DialogForm form={form} submit={t("broadcasts.draft")}>
        <TextInput
          label={t("list.name")}
          description={t("broadcasts.nameHint")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <BotChoice
          value={bot}
          onChange={(next) => {
            setChosenBot(next);
            setStart({ flow: null, step: null });
          }}
        />
        <AudienceFields value={audience} onChange={setAudience} error={form.fieldErrors.audience} />
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            {t("broadcasts.what")}
          </Text>
          <SegmentedControl
            aria-label={t("broadcasts.what")}
            data={(["content", "flow", "actions"] as const).map((one) => ({
              value: one,
              label: t(`broadcasts.kind.${one}`),
            }))}
            value={kind}
            onChange={(next) => setKind(next as Kind)}
          />
        </Stack>
        {kind === "content" ? (
          <TemplateInput label={t("broadcasts.text")} description={undefined} value={text} onChange={setText} />
        ) : null}
        {kind === "flow" ? (
          <FlowChoice botId={bot} value={start} onChange={setStart} errors={form.fieldErrors} isRequired />
        ) : null}
        {kind === "actions" ? (
          <SchemaField
            schema={actionsSchema}
            value={actions}
            path="actions"
            label={t("broadcasts.kind.actions")}
            onChange={(next) => setActions(next as readonly Partial<ActionCall>[])}
          />
        ) : null}
        {problem === undefined ? null : (
          <Text size="sm" c="red" role="alert">
            {problem}
          </Text>
        )}
        <TextInput
          type="datetime-local"
          label={t("broadcasts.startAt")}
          description={t("broadcasts.startAtHint")}
          value={at}
          error={form.fieldErrors.startAt}
          onChange={({ currentTarget }) => setAt(currentTarget.value)}
        />
        <NumberInput
          label={t("broadcasts.perMinute")}
          description={t("broadcasts.perMinuteHint")}
          min={1}
          allowDecimal={false}
          value={perMinute ?? ""}
          error={form.fieldErrors.perMinute}
          onChange={(next) => setPerMinute(typeof next === "number" ? next : null)}
        />
      </DialogForm>
    </Dialog>
  );
}
