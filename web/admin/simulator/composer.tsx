import { ActionIcon, Group, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Simulator } from "./use-simulator.ts";

/** What the person says. */
export function Composer({ simulator }: { readonly simulator: Simulator }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const send = () => {
    if (text.trim() === "" || simulator.isBusy) return;
    simulator.say(text);
    setText("");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Group p="md" pt={8} gap={8} wrap="nowrap">
        <TextInput
          flex={1}
          value={text}
          placeholder={t("simulator.say")}
          aria-label={t("simulator.say")}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <ActionIcon type="submit" size="lg" disabled={text.trim() === ""} aria-label={t("simulator.send")}>
          <IconSend size={18} />
        </ActionIcon>
      </Group>
    </form>
  );
}
