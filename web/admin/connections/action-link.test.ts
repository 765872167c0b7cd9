import { describe, expect, it } from "vitest";
import { type ActionLink, toActionLink } from "./action-link.ts";

const link: ActionLink = {
  publicUrl: "https://bots.example",
  domain: "school",
  token: "t0ken",
  identifyBy: "email",
  process: "orders",
  action: "add_tag",
  target: "BuyerMyTrain",
  value: "",
  step: null,
};
const start = "https://bots.example/compat/bothelp/gc?domain_name=school&token=t0ken";

describe("an action link", () => {
  it("names the person as orders and users do, by e-mail and phone or by cuid", () => {
    expect(toActionLink(link)).toBe(
      `${start}&email={object.user.email}&phone={object.user.phone}&actions[add_tag]=BuyerMyTrain`,
    );
    expect(toActionLink({ ...link, process: "users" })).toContain("&email={object.email}&phone={object.phone}&");
    expect(toActionLink({ ...link, identifyBy: "cuid" })).toContain("&idBotHelp={object.user.bothelp_id}&");
    expect(toActionLink({ ...link, identifyBy: "cuid", process: "users" })).toContain(
      "&idBotHelp={object.bothelp_id}&",
    );
  });

  it("encodes names in any script, and leaves what the other system fills in", () => {
    expect(toActionLink({ ...link, target: "Купил & оплатил" })).toMatch(
      /actions\[add_tag\]=%D0%9A%D1%83%D0%BF%D0%B8%D0%BB%20%26%20/,
    );
    const field = toActionLink({ ...link, action: "set_field", target: "city", value: "из {object.user.city}" });
    expect(field).toContain("&actions[set_field]=city&actions[set_field_value]=%D0%B8%D0%B7%20{object.user.city}");
  });

  it("names a step only where a flow starts at one", () => {
    expect(toActionLink({ ...link, action: "run_bot", target: "f1", step: "s1" })).toContain(
      "&actions[run_bot]=f1&actions[step_ref]=s1",
    );
    expect(toActionLink({ ...link, action: "run_bot", target: "f1" })).not.toContain("step_ref");
    expect(toActionLink({ ...link, action: "stop_bot", target: "f1", step: "s1" })).not.toContain("step_ref");
  });
});
