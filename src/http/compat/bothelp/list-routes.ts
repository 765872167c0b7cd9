import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../../../model/app-error.ts";
import { listChannels } from "../../../store/channel-store.ts";
import { type ContactFilter, listContacts } from "../../../store/contact-store.ts";
import { listFlows, requireFlow, requireVersion } from "../../../store/flow-store.ts";
import { listSequences } from "../../../store/sequence-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { parseRawQuery, type QueryPair } from "../../raw-query.ts";
import { bothSlashes } from "./both-slashes.ts";
import { readParameter } from "./parse-action-link.ts";
import { presentSubscriber, type Subscriber } from "./present-subscriber.ts";

/** What BotHelp's lists for choosing hold: a name, and what to give back for it. */
interface Choice {
  readonly title: string;
  readonly referral: string;
}

const pageSize = 100;

/** Reading: BotHelp's bots (our flows), their steps, its funnels (our sequences), and subscribers. A body that comes with GET is not read. */
export function listRoutes(app: FastifyInstance, { db }: HttpDependencies): void {
  const toChoice = ({ name, ref }: { readonly name: string; readonly ref: string }): Choice => ({
    title: name,
    referral: ref,
  });

  for (const url of bothSlashes("/v1/bots")) {
    app.get(url, async ({ caller }): Promise<Choice[]> => {
      // Only those that can be run.
      const flows = await listFlows(db, caller);
      return flows.filter(({ publishedVersion }) => publishedVersion !== null).map(toChoice);
    });
  }
  for (const url of bothSlashes("/v1/bots/:referral/steps")) {
    app.get<{ Params: { referral: string } }>(url, async ({ caller, params }): Promise<Choice[]> => {
      const flow = await requireFlow(db, caller, params.referral);
      if (flow.publishedVersion === null) {
        throw new AppError("flow.not_found", `the bot "${flow.ref}" is not published, so it has no steps to run`);
      }
      const { document } = await requireVersion(db, flow, flow.publishedVersion);
      return document.steps.map(({ name, ref }) => toChoice({ name: name ?? ref, ref }));
    });
  }
  for (const url of bothSlashes("/v1/funnels")) {
    app.get(url, async ({ caller }): Promise<Choice[]> => (await listSequences(db, caller)).map(toChoice));
  }
  for (const url of bothSlashes("/v1/subscribers")) {
    app.get(url, async (request) => await listSubscribers({ db }, request));
  }
}

interface SubscriberPage {
  readonly data: readonly Subscriber[];
  readonly paging?: { readonly cursor: { readonly after: number }; readonly next: string };
}

/** A hundred at once, in the order in which they came. `paging` means that there is more: the last page has none. */
async function listSubscribers(
  { db }: Pick<HttpDependencies, "db">,
  { caller, raw }: FastifyRequest,
): Promise<SubscriberPage> {
  const pairs = parseRawQuery(raw.url ?? "");
  const after = readNumber(pairs, "after");
  const contacts = await listContacts(db, caller, readFilter(pairs), { after, limit: pageSize + 1 });
  const shown = contacts.slice(0, pageSize);
  const names = new Map((await listChannels(db, caller)).map(({ id, name }) => [id, name]));
  const data = shown.map((contact) => presentSubscriber(contact, names));
  const last = shown.at(-1);
  if (contacts.length <= pageSize || last === undefined) return { data };
  // The vendor's SDK takes the next page's filter from `next` alone, so that it has to hold all of it.
  const next = [...keptFilter(pairs), `after=${last.id}`].join("&");
  return { data, paging: { cursor: { after: last.id }, next } };
}

const filters = ["email", "phone", "createdAtAfter"] as const;

function keptFilter(pairs: readonly QueryPair[]): string[] {
  return filters.flatMap((key) => {
    const value = readParameter(pairs, key);
    return value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`];
  });
}

function readFilter(pairs: readonly QueryPair[]): ContactFilter {
  const createdAfter = readNumber(pairs, "createdAtAfter");
  return {
    // Callers write an address's plus as it is, which a query reads as a space.
    email: readFilled(pairs, "email")?.replaceAll(" ", "+"),
    phone: readFilled(pairs, "phone"),
    // Moments are shown in whole seconds, so whoever was made within that second is not after it.
    createdFrom: createdAfter === undefined ? undefined : new Date((createdAfter + 1) * 1000),
  };
}

/** A text; throws where the sender left a placeholder unfilled: leaving the filter out would find somebody else. */
function readFilled(pairs: readonly QueryPair[], key: string): string | undefined {
  const value = readParameter(pairs, key);
  if (value === undefined && (pairs.find((pair) => pair.key === key)?.value ?? "").trim() !== "") {
    throw new AppError("request.invalid", `${key} is a placeholder that was not filled`);
  }
  return value;
}

function readNumber(pairs: readonly QueryPair[], key: string): number | undefined {
  const value = readFilled(pairs, key);
  if (value === undefined) return undefined;
  if (!/^\d{1,11}$/.test(value)) throw new AppError("request.invalid", `${key} has to be a whole number`);
  return Number(value);
}
