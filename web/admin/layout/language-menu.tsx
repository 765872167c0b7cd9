import { ActionIcon, Menu } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { useSession } from "../session.ts";
import { changeLanguage, currentLanguage, type Language, languages } from "../words/words.ts";

export function LanguageMenu() {
  const { t } = useTranslation();
  const current = currentLanguage();
  const isSignedIn = useSession()?.user != null;
  const choose = async (language: Language) => {
    await changeLanguage(language);
    // Mails are written in it too. That the page has it does not hang on the server.
    if (isSignedIn) await call("PATCH", "/auth/profile", { body: { language } }).catch(() => undefined);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("language")}>
          <IconLanguage size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(languages) as Language[]).map((key) => (
          <Menu.Item key={key} lang={key} fw={key === current ? 650 : 400} onClick={() => void choose(key)}>
            {languages[key]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
