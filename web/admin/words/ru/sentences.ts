import ru from "zod/v4/locales/ru.js";
import type { SentenceWords } from "../sentences.ts";
import { catalogueWords } from "./catalogue.ts";
import { findingForms } from "./findings.ts";
import { places } from "./places.ts";
import { problemForms } from "./problems.ts";
import { refusalForms } from "./refusals.ts";

const kind = {
  text: "текст",
  number: "число",
  boolean: "да или нет",
  date: "дата",
  datetime: "дата и время",
  list: "список",
  json: "JSON",
  value: "значение",
  membership: "принадлежность",
};

/** What the server and the engine say, in Russian. */
export const sentenceWords: SentenceWords = {
  forms: { ...problemForms, ...refusalForms, ...findingForms },
  codes: {
    "action.refused": "действие не выполнено: {message}",
    "channel.connect_failed": "мессенджер не принял подключение: {message}",
    "channel.invalid_settings": "настройки канала не подходят: {message}",
    "integration.invalid_settings": "настройки интеграции не подходят: {message}",
    "integration.refused": "другая система отказала: {message}",
    "request.invalid": "запрос не подходит: {message}",
    "service.internal": "что-то сломалось на сервере: {message}",
    "service.unavailable": "сервер сейчас не отвечает; повторите чуть позже",
    "webhook.bad_url": "этот адрес или заголовок нельзя вызвать: {message}",
    "webhook.challenge_failed": "получатель не подтвердил адрес: {message}",
  },
  values: {
    subject: { ...catalogueWords.subjects, "sales plan": "план продаж" },
    operator: catalogueWords.operators,
    kind,
    kindInFile: kind,
    // By the titles that the registry of steps has.
    stepTitle: {
      Actions: "Действия",
      Condition: "Условие",
      "Smart delay": "Умная пауза",
      End: "Конец",
      "Go to": "Переход",
      Message: "Сообщение",
      Query: "Поиск",
      Question: "Вопрос",
      "External request": "Внешний запрос",
      Script: "Скрипт",
      Split: "Разделение",
    },
    noun: { tag: "тег", label: "метка" },
    status: {
      new: "новый",
      draft: "черновик",
      scheduled: "запланирована",
      preparing: "готовится",
      paused: "приостановлена",
      finished: "завершена",
      sent: "отправлено",
      delivered: "доставлено",
      read: "прочитано",
      pending: "ожидает",
      queued: "в очереди",
      sending: "отправляется",
      checking: "проверка",
      checked: "проверен",
      running: "идёт",
      done: "завершён",
      canceled: "отменён",
      cancelled: "отменён",
      completed: "завершён",
      paid: "оплачен",
      refunded: "возвращён",
    },
    command: { start: "запустить", pause: "приостановить", resume: "продолжить", cancel: "отменить" },
    to: { started: "запущен", cancelled: "отменён", canceled: "отменён", changed: "изменён" },
  },
  places,
  issue: ru().localeError,
};
