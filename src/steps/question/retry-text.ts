import type { AnswerRule } from "./answer.ts";

type Sentences = { readonly [T in AnswerRule["type"]]: string };

/** What is said after an answer that does not fit, where the step itself says nothing. */
export const retryTexts: Readonly<Record<"en" | "ru", Sentences>> = {
  en: {
    text: "Please answer with a text.",
    number: "Please answer with a number.",
    email: "Please send a valid e-mail address.",
    phone: "Please send a valid phone number, with the country code.",
    date: "Please send a date such as 31.12.2026.",
    choice: "Please choose one of the options.",
    file: "Please send a file or a picture.",
    location: "Please send a place, or its latitude and longitude.",
  },
  ru: {
    text: "Пожалуйста, ответьте текстом.",
    number: "Пожалуйста, ответьте числом.",
    email: "Пожалуйста, пришлите правильный адрес электронной почты.",
    phone: "Пожалуйста, пришлите правильный номер телефона с кодом страны.",
    date: "Пожалуйста, пришлите дату, например 31.12.2026.",
    choice: "Пожалуйста, выберите один из вариантов.",
    file: "Пожалуйста, пришлите файл или картинку.",
    location: "Пожалуйста, пришлите место или его широту и долготу.",
  },
};
