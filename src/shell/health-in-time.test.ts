import { expect, it } from "vitest";
import { healthInTime } from "./health-in-time.ts";

it("is what the other system says, where it answers", async () => {
  expect(await healthInTime(Promise.resolve({ ok: true, message: "fine" }), "it", 1_000)).toEqual({
    ok: true,
    message: "fine",
  });
});

it("is not well where it does not answer in time", async () => {
  expect(await healthInTime(new Promise(() => undefined), "GetCourse", 20)).toEqual({
    ok: false,
    message: "GetCourse did not answer within 0.02 s",
  });
});

it("fails as the question fails", async () => {
  await expect(healthInTime(Promise.reject(new Error("no such host")), "it", 1_000)).rejects.toThrow("no such host");
});
