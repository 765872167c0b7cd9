import type { FastifyInstance } from "fastify";

export interface KnownRoute {
  /** As it was declared: `/api/v1/contacts/:id`. */
  readonly url: string;
  readonly methods: readonly string[];
  readonly pattern: RegExp;
}

const routesOf = new WeakMap<object, KnownRoute[]>();

/** Remembers every route that is added from now on, in whatever plugin, so that a wrong method can be told from a wrong address. */
export function rememberRoutes(app: FastifyInstance): void {
  const routes: KnownRoute[] = [];
  routesOf.set(app.server, routes);
  app.addHook("onRoute", ({ method, url }) => {
    const pattern = url
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:[A-Za-z_]+/g, "[^/]+")
      .replaceAll("*", ".*");
    routes.push({ url, methods: [method].flat(), pattern: new RegExp(`^${pattern}/?$`) });
  });
}

/** Every route there is. */
export function listRoutes(app: FastifyInstance): readonly KnownRoute[] {
  return routesOf.get(app.server) ?? [];
}

/** The methods that an address takes; none: there is no such address. */
export function allowedMethods(app: FastifyInstance, url: string): string[] {
  const path = url.split("?", 1)[0] ?? "";
  const matching = listRoutes(app).filter(({ pattern }) => pattern.test(path));
  return [...new Set(matching.flatMap(({ methods }) => methods))].sort();
}
