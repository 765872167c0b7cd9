import { z } from "zod";
import type { Call } from "./endpoint.ts";

/** What nearly every change answers. */
export const okSchema = z.strictObject({ status: z.literal("ok") });
export const ok = { status: "ok" } as const;

/** What a change of ours answers that says how many it took away. */
export const deletedSchema = z.strictObject({ status: z.literal("ok"), delete: z.number().int().nonnegative() });

export const errorSchema = z.strictObject({ message: z.string().min(1) });
export const invalidSchema = z.strictObject({
  message: z.string().min(1),
  errors: z.record(z.string(), z.array(z.string())),
});

/** `YYYY-MM-DD HH:MM:SS`, UTC. UChat's own have no zone. */
export const dateTimeSchema = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

export function toDateTime(at: Date | number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** A list in UChat's envelope, when it is short enough to be whole. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: z.array(item) });
}

const linkSchema = z.string().nullable();

/**
 * A page of a list. UChat's document names `data` alone; its answers are Laravel's pages, and clients follow `links.next` or count to
 * `meta.last_page`.
 */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    links: z.strictObject({ first: linkSchema, last: linkSchema, prev: linkSchema, next: linkSchema }),
    meta: z.strictObject({
      current_page: z.number().int(),
      from: z.number().int().nullable(),
      last_page: z.number().int(),
      path: z.string(),
      per_page: z.number().int(),
      to: z.number().int().nullable(),
      total: z.number().int(),
    }),
  });
}

interface PageRequest {
  readonly limit: number;
  readonly page: number;
}

/** How many pages' things stand before this one. */
export const toOffset = ({ limit, page }: PageRequest) => (page - 1) * limit;

/** A page that was read from a store. `count` is asked only where the page itself does not show where the list ends. */
export async function toPage<Item>(
  { address }: Pick<Call, "address">,
  request: PageRequest,
  data: readonly Item[],
  count: () => Promise<number>,
) {
  const { limit, page } = request;
  const offset = toOffset(request);
  const endsHere = data.length < limit && (data.length > 0 || page === 1);
  const total = endsHere ? offset + data.length : await count();
  const lastPage = Math.max(1, Math.ceil(total / limit));
  const link = (to: number) => {
    const url = new URL(address);
    url.searchParams.set("page", String(to));
    return url.toString();
  };
  return {
    data: [...data],
    links: {
      first: link(1),
      last: link(lastPage),
      prev: page > 1 ? link(page - 1) : null,
      next: page < lastPage ? link(page + 1) : null,
    },
    meta: {
      current_page: page,
      from: data.length === 0 ? null : offset + 1,
      last_page: lastPage,
      path: address.split("?", 1)[0] ?? address,
      per_page: limit,
      to: data.length === 0 ? null : offset + data.length,
      total,
    },
  };
}
