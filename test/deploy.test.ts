import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../src/app/config.ts";
import { describeSetting, settingNames } from "../src/app/settings.ts";
import { maxImportBytes } from "../src/model/import.ts";

const root = path.resolve(import.meta.dirname, "..");
const read = (...names: readonly string[]) => readFile(path.join(root, ...names), "utf8");
const manifests = path.join("deploy", "kubernetes");

interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly args?: readonly string[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;
    readonly scaleTargetRef?: { readonly name: string };
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string }[];
        readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number };
      };
    };
  };
}

async function readManifests(): Promise<readonly Manifest[]> {
  const names = (await readdir(path.join(root, manifests))).filter((name) => name.endsWith(".yaml"));
  const files = await Promise.all(names.map((name) => read(manifests, name)));
  return files.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
}

const isSetting = (name: string): boolean => {
  const plain = name.replace(/_FILE$/, "");
  const setting = settingNames.find((known) => known === plain);
  return setting !== undefined && (name === plain || describeSetting(setting).secret === true);
};

interface Compose {
  readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>;
}

/** Files named by settings are not on this machine; what they would hold is. */
const withSecrets = (environment: Readonly<Record<string, string>>) => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith("_FILE"))),
  DATABASE_URL: "postgres://a:b@host:5432/c",
  SECRET_KEY: "k".repeat(44),
});

describe("the compose files", () => {
  it.each(["compose.yaml", "compose.pooler.yaml"])("%s set only what is a setting", async (name) => {
    const { services } = parse(await read(name), { merge: true }) as Compose;
    for (const role of ["web", "worker"]) {
      const environment = services[role]?.environment ?? {};
      expect(Object.keys(environment).filter((key) => !isSetting(key))).toEqual([]);
    }
  });

  it("start one process that answers and one that works", async () => {
    const { services } = parse(await read("compose.yaml"), { merge: true }) as Compose;
    const configOf = (role: string) => {
      const given = Object.entries(services[role]?.environment ?? {});
      // Compose fills in `${NAME:-default}`.
      return readConfig(
        withSecrets(Object.fromEntries(given.map(([key, value]) => [key, value.replace(/^\$\{\w+:-(.*)\}$/, "$1")]))),
      );
    };
    expect(configOf("web").roles).toEqual({ web: true, worker: false });
    expect(configOf("worker").roles).toEqual({ web: false, worker: true });
  });
});

describe("the Kubernetes manifests", () => {
  it("set only what is a setting, to values that a start takes", async () => {
    const all = await readManifests();
    const config = all.find(({ kind }) => kind === "ConfigMap")?.data ?? {};
    expect(Object.keys(config).filter((name) => !isSetting(name))).toEqual([]);
    for (const { spec } of all.filter(({ kind }) => kind === "Deployment")) {
      const env = spec?.template?.spec.containers[0]?.env ?? [];
      expect(env.map(({ name }) => name).filter((name) => !isSetting(name))).toEqual([]);
      const given = Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
      expect(() => readConfig(withSecrets({ ...config, ...given }))).not.toThrow();
    }
  });

  it("run everything without root on a read-only root, and mount what they name", async () => {
    const pods = (await readManifests()).flatMap(({ spec }) => spec?.template?.spec ?? []);
    expect(pods).toHaveLength(3);
    for (const { containers, volumes, securityContext } of pods) {
      expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      for (const { securityContext: own, volumeMounts } of containers) {
        expect(own).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
        expect(volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.map(({ name }) => name).sort());
      }
    }
  });

  it("point at each other", async () => {
    const all = await readManifests();
    const deployments = all.filter(({ kind }) => kind === "Deployment");
    const names = deployments.map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual(["repartee-web", "repartee-worker"]);
    for (const { kind, spec } of all) {
      if (kind === "HorizontalPodAutoscaler") expect(names).toContain(spec?.scaleTargetRef?.name);
      const wanted = kind === "Service" ? spec?.selector : spec?.selector?.matchLabels;
      if (wanted === undefined) continue;
      const found = deployments.filter(({ spec: deployed }) =>
        Object.entries(wanted).every(([key, value]) => deployed?.template?.metadata.labels[key] === value),
      );
      expect(found).toHaveLength(1);
    }
    const kustomization = all.find(({ kind }) => kind === "Kustomization") as unknown as {
      readonly resources: string[];
    };
    const files = (await readdir(path.join(root, manifests))).filter((name) => name.endsWith(".yaml"));
    expect([...kustomization.resources, "kustomization.yaml", "migrate.yaml"].sort()).toEqual(files.sort());
  });
});

describe("the proxies' examples", () => {
  it.each([
    ["nginx/repartee.conf", /client_max_body_size (\d+)m/, /location = \/metrics \{ return 404; \}/],
    ["caddy/Caddyfile", /max_size (\d+)MB/, /@metrics path \/metrics\n\trespond @metrics 404/],
  ])("deploy/%s takes the largest file of contacts, and keeps /metrics from the public", async (name, size, closed) => {
    const text = await read("deploy", name);
    const [, megabytes] = size.exec(text) ?? [];
    // Twice as large as such a file, as the route takes it (JSON escapes).
    expect(Number(megabytes) * 1024 * 1024).toBeGreaterThan(2 * maxImportBytes);
    expect(text).toMatch(closed);
  });

  it("nginx passes sockets and the caller's address on, and logs no queries, where tokens stand", async () => {
    const text = await read("deploy", "nginx", "repartee.conf");
    expect(text).toContain("proxy_set_header Upgrade $http_upgrade;");
    expect(text).toContain("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;");
    const [, format = ""] = /log_format repartee '(.*)'/.exec(text) ?? [];
    expect(format).toContain("$uri");
    expect(format).not.toMatch(/\$(request|request_uri|args|query_string|http_referer)\b(?!_)/);
  });
});

describe("the units for systemd", () => {
  it("of one process and of several differ in their settings' files alone", async () => {
    const linesOf = async (name: string) =>
      (await read("deploy", "systemd", name)).split("\n").filter((line) => /^[A-Z]\w+=/.test(line));
    const [one, several] = await Promise.all(["repartee.service", "repartee@.service"].map(linesOf));
    const only = (lines: readonly string[] = [], others: readonly string[] = []) =>
      lines.filter((line) => !others.includes(line));
    expect(only(one, several)).toEqual(["Description=Repartee"]);
    expect(only(several, one)).toEqual(["Description=Repartee, %i", "EnvironmentFile=/etc/repartee-%i.env"]);
  });
});

describe("the image", () => {
  it("copies every folder that the server's own files are read from", async () => {
    const dockerfile = await read("Dockerfile");
    const copied = [...dockerfile.matchAll(/^COPY (?:--from=\S+ \/app\/)?(\w+) \.\//gm)].map(([, name]) => name);
    expect(copied).toEqual(expect.arrayContaining(["node_modules", "dist", "bin", "demo", "scripts", "src"]));
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    const ignored = (await read(".dockerignore")).split("\n");
    for (const name of ["bin", "demo", "scripts", "src", "web"]) expect(ignored).not.toContain(name);
  });

  it("answers on the port that the manifests and compose files lead to", async () => {
    const dockerfile = await read("Dockerfile");
    const port = /^EXPOSE (\d+)$/m.exec(dockerfile)?.[1];
    expect(dockerfile).toMatch(new RegExp(`^ENV .*\\bPORT=${port}\\b`, "m"));
    for (const role of ["web", "worker"]) {
      expect(await read(manifests, `${role}.yaml`)).toContain(`containerPort: ${port} }`);
    }
    expect(await read("compose.yaml")).toContain(`:${port}"]`);
  });
});
