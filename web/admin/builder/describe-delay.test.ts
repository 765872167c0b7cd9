import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { storedStepSchema } from "../../../src/model/flow.ts";
import { catalogueWords as en } from "../words/en/catalogue.ts";
import { catalogueWords as ru } from "../words/ru/catalogue.ts";
import { catalogueIn } from "./catalogue.ts";

const names = (kind: string, value: string) => (kind === "field" && value === "born" ? "Birthday" : undefined);
const said = (config: object) => {
  const step = storedStepSchema.parse({ ref: "a", kind: "delay", config });
  return [en, ru].map((words) => catalogueIn(words, names).summary(step));
};
const lasts = (amount: number, unit: string) => said({ mode: "duration", amount, unit });

describe("the box of a delay says how long it takes as people do", () => {
  beforeEach(() => vi.stubGlobal("navigator", { languages: ["en-GB"] }));
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [3, "seconds", "For 3 seconds", "Ждать 3 секунды"],
    [1, "minutes", "For 1 minute", "Ждать 1 минуту"],
    [21, "minutes", "For 21 minutes", "Ждать 21 минуту"],
    [11, "hours", "For 11 hours", "Ждать 11 часов"],
    [1.5, "hours", "For 1.5 hours", "Ждать 1,5 часа"],
    [5, "days", "For 5 days", "Ждать 5 дней"],
  ])("for %d %s", (amount, unit, ...texts) => {
    expect(lasts(amount, unit)).toEqual(texts);
  });

  it.each([
    [{}, "Until 09:00", "Ждать до 09:00"],
    [{ weekdays: [1] }, "Until Monday, 09:00", "Ждать до понедельника, 09:00"],
    [{ weekdays: [5, 1] }, "Until Monday or Friday, 09:00", "Ждать до понедельника или пятницы, 09:00"],
    [{ weekdays: [1, 2, 3, 4, 5, 6, 7] }, "Until 09:00", "Ждать до 09:00"],
  ])("until a time of day: %j", (more, ...texts) => {
    expect(said({ mode: "until_time", time: "9:00", ...more })).toEqual(texts);
  });

  it.each([
    [{}, "Until the date in “Birthday”", "Ждать до даты в поле «Birthday»"],
    [{ offsetDays: -2 }, "Until 2 days before “Birthday”", "Ждать, пока до «Birthday» не останется 2 дня"],
    [{ offsetDays: 1 }, "Until 1 day after “Birthday”", "Ждать, пока после «Birthday» не пройдёт 1 день"],
  ])("until the date in a field: %j", (more, ...texts) => {
    expect(said({ mode: "until_date", field: "born", ...more })).toEqual(texts);
  });

  it("and what is known of it while that is half typed", () => {
    expect(said({ mode: "duration", unit: "hours" })).toEqual(["For a while · Hours", "Какое-то время · часов"]);
  });
});
