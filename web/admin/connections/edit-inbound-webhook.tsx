import { Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InboundWebhookBody } from "../../../src/http/contract/webhooks.ts";
import type { InboundMapping } from "../../../src/model/webhook.ts";
import { useBasis } from "../layout/basis.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice, useChosenBot } from "../setup/bot-choice.tsx";
import { FlowChoice, type Start } from "../setup/flow-choice.tsx";
import { MappingFields } from "./mapping-fields.tsx";

/** Makes an inbound webhook, or changes one; its address stays. */
export function EditInboundWebhook({
  hook,
  onClose,
}: {
  readonly hook: InboundWebhookBody | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(hook?.name ?? "");
  const [chosenBot, setChosenBot] = useState<number | undefined>(hook?.botId);
  const [start, setStart] = useState<Start>({ flow: hook?.flow ?? null, step: hook?.step ?? null });
  const [mapping, setMapping] = useState<readonly InboundMapping[]>(hook?.mapping ?? []);
  const [active, setActive] = useState(hook?.active ?? true);
  const bot = useChosenBot(chosenBot);
  const basis = useBasis(`/inbound-webhooks/${hook?.id}`, hook, ["name", "flow", "step", "mapping", "active"]);
  const form = useForm(
    ["name", "flow", "step", "mapping"],
    async () => {
      const body = { name, ...start, active, mapping: mapping.filter(({ path }) => path.trim() !== "") };
      await (hook === undefined
        ? api.send("POST", "/inbound-webhooks", { bot, ...body })
        : api.send("PATCH", `/inbound-webhooks/${hook.id}`, body));
      await renew("/inbound-webhooks");
      onClose();
    },
    { "inbound_webhook.bad_mapping": "mapping" },
    basis,
  );
  return (
    <Dialog
      title={hook === undefined ? t("inboundWebhooks.create") : t("list.edit", { name: hook.name })}
      onClose={onClose}
      size="lg"
    >
      <DialogForm form={form} submit={t(hook === undefined ? "action.create" : "action.save")}>
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {hook === undefined ? (
          <BotChoice
            value={bot}
            onChange={(next) => {
              setChosenBot(next);
              setStart({ flow: null, step: null });
            }}
          />
        ) : null}
        <FlowChoice
          botId={bot}
          value={start}
          onChange={setStart}
          errors={form.fieldErrors}
          without={t("inboundWebhooks.noFlow")}
        />
        <MappingFields botId={bot} value={mapping} error={form.fieldErrors.mapping} onChange={setMapping} />
        <Switch
          label={t("inboundWebhooks.active")}
          checked={active}
          onChange={({ currentTarget }) => setActive(currentTarget.checked)}
        />
      </DialogForm>
    </Dialog>
  );
}
