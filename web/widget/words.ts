const english = {
  open: "Open the chat",
  close: "Close the chat",
  placeholder: "Write a message…",
  message: "Message",
  send: "Send",
  connecting: "Connecting…",
  online: "Online",
  offline: "No connection",
  offlineHint: "No connection. What you write will be sent as soon as it is back.",
  sending: "Sending…",
  refused: "Not sent.",
  retry: "Try again",
  typing: "An answer is on its way",
  conversation: "Conversation",
  file: "File",
  picture: "Picture",
  newMessages: "New messages",
  unread: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
  earlier: "Earlier messages",
  today: "Today",
  yesterday: "Yesterday",
  you: "You",
  team: "Team",
  joined: (name: string) => `${name} has joined`,
};

export type Words = typeof english;

const russian: Words = {
  open: "Открыть чат",
  close: "Закрыть чат",
  placeholder: "Напишите сообщение…",
  message: "Сообщение",
  send: "Отправить",
  connecting: "Соединяемся…",
  online: "На связи",
  offline: "Нет связи",
  offlineHint: "Нет связи. Всё, что вы напишете, уйдёт, как только она появится.",
  sending: "Отправляется…",
  refused: "Не отправлено.",
  retry: "Повторить",
  typing: "Сейчас ответим",
  conversation: "Переписка",
  file: "Файл",
  picture: "Изображение",
  newMessages: "Новые сообщения",
  unread: (count) => `Новых сообщений: ${count}`,
  earlier: "Предыдущие сообщения",
  today: "Сегодня",
  yesterday: "Вчера",
  you: "Вы",
  team: "Команда",
  joined: (name) => `${name} на связи`,
};

export interface Language {
  /** For dates and times, as the browser names it. */
  readonly tag: string;
  readonly words: Words;
}

/** The widget's words in the first of the browser's languages that it has: English or Russian. */
export function chooseLanguage(languages: readonly string[]): Language {
  const tag = languages.find((language) => /^(en|ru)\b/i.test(language)) ?? "en";
  return { tag, words: tag.toLowerCase().startsWith("ru") ? russian : english };
}
