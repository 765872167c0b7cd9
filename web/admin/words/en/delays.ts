import type { DelayWords } from "../catalogue.ts";

export const delayWords: DelayWords = {
  language: "en",
  forms: {
    seconds_one: "For {{count}} second",
    seconds_other: "For {{count}} seconds",
    minutes_one: "For {{count}} minute",
    minutes_other: "For {{count}} minutes",
    hours_one: "For {{count}} hour",
    hours_other: "For {{count}} hours",
    days_one: "For {{count}} day",
    days_other: "For {{count}} days",
    before_one: "Until {{count}} day before “{{field}}”",
    before_other: "Until {{count}} days before “{{field}}”",
    after_one: "Until {{count}} day after “{{field}}”",
    after_other: "Until {{count}} days after “{{field}}”",
  },
  untilTime: "Until {{time}}",
  untilDays: "Until {{days}}, {{time}}",
  untilDate: "Until the date in “{{field}}”",
  weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};
