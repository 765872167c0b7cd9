import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { platformOnLoopback } from "../../../test/outbound.ts";
import { startVkStandIn, type VkStandIn } from "../../../test/stand-ins/vk.ts";
import { vk } from "./vk.channel.ts";
import { lookUpVkProfile } from "./vk-profile.ts";

let standIn: VkStandIn;
beforeEach(async () => {
  standIn = await startVkStandIn();
});
afterEach(() => standIn.close());

const lookUp = (person = "55") =>
  lookUpVkProfile(
    { token: "vk1.a.TokenOfATest", apiRoot: `${standIn.url}/method` },
    { callPlatform: platformOnLoopback },
    person,
  );
const tell = (...people: readonly object[]) => standIn.fail({ body: { response: people } });

describe("who somebody is", () => {
  it("VK tells when it is asked, which the channel says", async () => {
    expect(vk.capabilities.looksUpProfiles).toBe(true);
    expect(await lookUp()).toEqual({
      name: "Имя55 Фамилия",
      firstName: "Имя55",
      lastName: "Фамилия",
      avatarUrl: "https://sun1.userapi.com/55.jpg",
    });
  });

  it("is without a picture where VK's own stands for one", async () => {
    tell({ first_name: "Анна", last_name: "", photo_200: "https://vk.com/images/camera_200.png" });
    expect(await lookUp()).toEqual({ name: "Анна", firstName: "Анна", lastName: "" });
  });

  it("is nobody where the account is gone, unknown, or VK does not tell", async () => {
    tell({ first_name: "DELETED", last_name: "", deactivated: "deleted" });
    expect(await lookUp()).toBeUndefined();
    tell();
    expect(await lookUp()).toBeUndefined();
    expect(await lookUp("-1")).toBeUndefined();
  });

  it.each([
    { status: 500, body: "<h1>500</h1>" },
    { reset: true },
    { body: { error: { error_code: 6, error_msg: "x" } } },
  ])("is asked for again later where the call meets %j", async (fault) => {
    standIn.fail(fault);
    await expect(lookUp()).rejects.toThrow();
  });
});
