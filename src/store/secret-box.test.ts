import { describe, expect, it } from "vitest";
import { openSecrets, sealSecrets } from "./secret-box.ts";

const key = Buffer.from("a secret key of any length");

describe("the secret box", () => {
  it("gives back what was put in, and never seals the same twice alike", () => {
    const secrets = { token: "123:abc", nested: ["ключ"] };
    const sealed = sealSecrets(secrets, key);
    expect(openSecrets(sealed, key)).toEqual(secrets);
    expect(sealed).not.toContain("123:abc");
    expect(sealSecrets(secrets, key)).not.toBe(sealed);
  });

  it("stays shut for another key and for a changed text", () => {
    const sealed = sealSecrets({ token: "x" }, key);
    const changed = sealed.replace(/.{4}$/, (end) => (end === "AAAA" ? "BBBB" : "AAAA"));
    expect(() => openSecrets(sealed, Buffer.from("another"))).toThrow("SECRET_KEY");
    expect(() => openSecrets(changed, key)).toThrow("SECRET_KEY");
    expect(() => openSecrets("nonsense", key)).toThrow("damaged");
  });
});
