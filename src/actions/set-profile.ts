import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { parseProfileValue } from "../engine/values.ts";
import { profileKeys } from "../model/contact.ts";
import { say } from "../model/sentence.ts";

export const setProfile = defineAction({
  name: "set_profile",
  title: "Set name, e-mail, phone…",
  group: "contact",
  description:
    "Sets one value of the contact's profile (name, e-mail, phone, language, time zone …); an empty value clears it. Text is a template.",
  args: z.object({ key: z.enum(profileKeys), value: z.string().max(2000) }),
  example: { key: "email", value: "ann@example.com" },
  apply(context, { key, value }) {
    const raw = context.render(value).trim();
    if (raw === "") return ok({ changed: context.setProfile(key, null) });
    const parsed = parseProfileValue(key, raw);
    if (parsed === undefined)
      return refuse("profile.bad_value", say`"${{ raw: raw.slice(0, 80) }}" is not a valid ${{ key }}`);
    return ok({ changed: context.setProfile(key, parsed) });
  },
});
