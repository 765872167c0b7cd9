import { Badge, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Whether the contact's next text is for this question, or none is any more. */
export function AnswerMark({ takesNextText, isLeft }: { readonly takesNextText: boolean; readonly isLeft: boolean }) {
  const { t } = useTranslation();
  if (takesNextText) {
    return (
      <Badge variant="light" tt="none" title={t("contactCard.takesNextTextWhy")}>
        {t("contactCard.takesNextText")}
      </Badge>
    );
  }
  if (!isLeft) return null;
  return (
    <Text component="span" size="xs" c="dimmed" title={t("contactCard.leftWhy")}>
      {t("contactCard.left")}
    </Text>
  );
}
