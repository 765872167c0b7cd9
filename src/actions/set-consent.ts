import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { consentKinds } from "../model/conversation.ts";

export const setConsent = defineAction({
  name: "set_consent",
  title: "Set consent to e-mail or SMS",
  group: "consent",
  description: "Records whether the contact wants e-mail or SMS.",
  args: z.object({ kind: z.enum(consentKinds), granted: z.boolean() }),
  example: { kind: "email", granted: true },
  apply: ({ conversation }, { kind, granted }) => ok({ changed: conversation.setConsent(kind, granted) }),
});
