import { describe, expect, it } from "vitest";
import { en } from "../words/en.ts";
import { ru } from "../words/ru.ts";
import { findSetting } from "./find-settings.ts";
import { settingsPlaces } from "./menu.ts";

const pages = (search: string, { settingsSearch }: typeof en) =>
  settingsPlaces
    .map(({ to, word }) => ({ to, found: findSetting({ name: "", words: settingsSearch.words[word] }, search) }))
    .flatMap(({ to, found }) => (found === undefined ? [] : [[to, found.by]]));

describe("a page of the settings", () => {
  it("is found by its name, and by what stands within, which is shown then", () => {
    const page = { name: "API tokens", words: "access key, programs" };
    expect(findSetting(page, "  TOKEN ")).toEqual({});
    expect(findSetting(page, "key")).toEqual({ by: "access key" });
    expect(findSetting(page, "token programs")).toEqual({});
    expect(findSetting(page, "password")).toBeUndefined();
    expect(findSetting(page, "")).toEqual({});
  });

  it("is found in either language by the words that people have for it", () => {
    expect(pages("password", en)).toContainEqual(["/account", "password"]);
    expect(pages("time zone", en)).toEqual([["/workspace", "time zone"]]);
    expect(pages("пароль", ru)).toContainEqual(["/account", "пароль"]);
    expect(pages("подсчет", ru)).toEqual([["/events", "подсчёт"]]);
    expect(pages("delete", en)).toEqual([
      ["/workspace", "delete the workspace"],
      ["/account", "delete my account"],
    ]);
    expect(pages("удалить", ru)).toEqual([
      ["/workspace", "удалить рабочее пространство"],
      ["/account", "удалить аккаунт"],
    ]);
    expect(pages("telegram", ru)).toEqual([["/channels", "Telegram"]]);
  });
});
