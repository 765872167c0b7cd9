import { useContext } from "react";
import { useBotChannels } from "../messenger/use-bot-channels.ts";
import { StepScopeContext } from "./step-scope.ts";

/** What mails alone have. */
const ofMail: readonly string[] = ["subject", "preheader", "tracksLinks"];

/** The types of answer that a rule is about; a key that is not here is about all. */
const ofAnswer: Readonly<Record<string, readonly string[]>> = {
  min: ["number"],
  max: ["number"],
  minLength: ["text"],
  maxLength: ["text"],
  pattern: ["text", "email", "phone"],
  options: ["choice"],
  shareTitle: ["phone", "location"],
};

const isSet = (value: unknown) =>
  value !== undefined && value !== "" && value !== false && !(Array.isArray(value) && value.length === 0);

/** The settings of an object that a form shows, in their order: what is of no use here stays away, unless it is set. */
export function shownKeys(
  owner: string,
  keys: readonly string[],
  settings: Readonly<Record<string, unknown>>,
  mayMail: boolean,
): readonly string[] {
  if (owner === "message" && keys.includes("text")) {
    const mail = keys.filter((key) => ofMail.includes(key) && (mayMail || isSet(settings[key])));
    return [...keys.filter((key) => !ofMail.includes(key)), ...mail];
  }
  if (owner !== "question" || !keys.includes("options")) return keys;
  const fits = (key: string) => ofAnswer[key]?.includes(String(settings.type)) !== false;
  return keys.filter((key) => fits(key) || isSet(settings[key]));
}

/** Whether the bot at hand writes mails; where that is not known yet, it does not. */
export function useMayMail(): boolean {
  const { botId } = useContext(StepScopeContext);
  return useBotChannels(botId)?.some(({ kind }) => kind === "email") === true;
}
