import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice, useChosenBot } from "../setup/bot-choice.tsx";
import { type BroadcastDraft, emptyDraft, toBody } from "./broadcast-draft.ts";
import { BroadcastFields, broadcastPaths } from "./broadcast-fields.tsx";
import { useDraftGuard } from "./use-draft-guard.ts";
import { emptyWhat, type WhatDraft } from "./what-draft.ts";

/** Drafts a broadcast. It is changed and started on its own page. */
export function NewBroadcast({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [draft, setDraft] = useState<BroadcastDraft>(emptyDraft);
  const bot = useChosenBot(chosenBot);
  const sent = useForm(broadcastPaths, async () => {
    const { startAt, ...body } = toBody(draft);
    const made = await api.send<BroadcastBody>("POST", "/broadcasts", {
      ...{ bot, ...body },
      ...(startAt === null ? {} : { startAt }),
    });
    await renew("/broadcasts");
    await navigate({ to: `/w/${api.domain}/broadcasts/${made.id}` });
  });
  const form = useDraftGuard(sent, draft);
  return (
    <Dialog title={t("broadcasts.create")} onClose={onClose} size="lg">
      <DialogForm form={form} submit={t("broadcasts.draft")}>
        <BotChoice
          value={bot}
          onChange={(next) => {
            setChosenBot(next);
            // Flows are a bot's own.
            const withoutFlow = (what: WhatDraft) => ({ ...what, start: emptyWhat.start });
            setDraft({
              ...draft,
              what: withoutFlow(draft.what),
              variants: draft.variants.map((one) => ({ ...one, what: withoutFlow(one.what) })),
            });
          }}
        />
        <BroadcastFields botId={bot} value={draft} onChange={setDraft} form={form} isNew />
      </DialogForm>
    </Dialog>
  );
}
