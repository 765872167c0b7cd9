import type { Page } from "playwright-core";
import { openDataDirectory, readSecretKey } from "../src/app/data-directory.ts";
import { makeSetupCode } from "../src/shell/setup-code.ts";

/** Who is the first user where a test has no other. */
export const ada = { email: "ada@example.com", password: "correct horse battery" };

/** Makes the server's first user on a page, as whoever has read the set-up code in the terminal does, and ends on the overview of the demo workspace. */
export async function becomeFirstUser(
  page: Page,
  { url, data }: { readonly url: string; readonly data: string },
  { email, password }: { readonly email: string; readonly password: string } = ada,
): Promise<void> {
  await page.goto(`${url}/setup`);
  await page.getByLabel("Set-up code").fill(makeSetupCode(readSecretKey(openDataDirectory(data), undefined)));
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.getByRole("heading", { name: "Demo" }).waitFor();
}
