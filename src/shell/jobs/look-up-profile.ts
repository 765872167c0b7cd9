import { toLiteral } from "../../engine/literal-text.ts";
import { profileKeys } from "../../model/contact.ts";
import { findProfileOnChannel } from "../../store/identity-store.ts";
import type { JobKind } from "../jobs.ts";

interface Asked {
  readonly channelId: number;
  readonly person: string;
}

/**
 * Fills what the profile of somebody new lacks with what the platform tells when asked. What was set meanwhile, by the person or a link, stays. A platform that is away is asked again; one that
 * tells nothing is not.
 */
export const lookUpProfileJob: JobKind = {
  kind: "look-up-profile",
  retryLimit: 5,
  atOnce: 10,
  perGroup: 5,
  async run(data, { db, submit, lookUpProfile }) {
    const { channelId, person } = data as unknown as Asked;
    const told = await lookUpProfile(channelId, person);
    const known = told === undefined ? undefined : await findProfileOnChannel(db, { channelId, externalId: person });
    if (told === undefined || known === undefined) return;
    const actions = profileKeys.flatMap((key) => {
      const value = known.profile[key] === null ? told[key] : undefined;
      return value === undefined || value === ""
        ? []
        : [{ action: "set_profile", args: { key, value: toLiteral(value) } }];
    });
    if (actions.length === 0) return;
    await submit({
      target: { contactId: known.contactId },
      happening: { kind: "actions", actions },
      source: "job",
      dedupeKey: `profile:${channelId}:${person}`,
    });
  },
};
