import { channelTypes } from "../../channels/index.ts";
import type { ChannelCatalogue, ChannelType } from "../../engine/channel-type.ts";
import { AppError } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import { say, sayPlaces, toPlaces } from "../../model/sentence.ts";
import type { Channel } from "../../store/channel-store.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";
import type { SecretKey } from "../../store/secret-key.ts";

export type Settings = Readonly<Record<string, Json>>;

/** What answers show instead of a secret, and what leaves it as it is when it is sent back. */
export const secretMask = "••••••••";

/** Throws `channel.unknown_kind`. */
export function requireChannelType(kind: string): ChannelType {
  const catalogue: ChannelCatalogue = channelTypes;
  const type = Object.hasOwn(catalogue, kind) ? catalogue[kind] : undefined;
  if (type === undefined) {
    const kinds = Object.keys(catalogue).join(", ");
    throw new AppError("channel.unknown_kind", say`there is no channel kind "${{ kind }}"; there are ${{ kinds }}`);
  }
  // The registry hides each type's settings behind `never`; here they are whatever its own schema lets pass.
  return type as ChannelType;
}

/** Checks settings against the kind, and parts them: what may be read, and the secrets, sealed. Throws `code`. */
export function toStoredSettings(
  type: Pick<ChannelType, "settings" | "secrets">,
  settings: unknown,
  secretKey: SecretKey,
  code: "channel.invalid_settings" | "integration.invalid_settings" = "channel.invalid_settings",
): { readonly settings: Settings; readonly sealedSecrets: string | null } {
  const parsed = type.settings.safeParse(settings);
  if (!parsed.success) {
    const details = toPlaces(parsed.error.issues);
    throw new AppError(code, sayPlaces(details), { details });
  }
  const entries = Object.entries(parsed.data as Record<string, Json>).filter(([, value]) => value !== undefined);
  const secrets = entries.filter(([key]) => type.secrets.includes(key));
  return {
    settings: Object.fromEntries(entries.filter(([key]) => !type.secrets.includes(key))),
    sealedSecrets: secrets.length === 0 ? null : sealSecrets(Object.fromEntries(secrets), secretKey),
  };
}

/** Settings with a change merged in: null takes out, the mask leaves a secret as it is. */
export function mergeSettings(
  channel: Pick<Channel, "settings" | "secrets">,
  change: Settings,
  secretKey: SecretKey,
): Settings {
  const secrets = channel.secrets === null ? {} : openSecrets(channel.secrets, secretKey);
  const merged: Record<string, Json> = { ...channel.settings, ...secrets };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete merged[key];
    else if (value !== secretMask) merged[key] = value;
  }
  return merged;
}
