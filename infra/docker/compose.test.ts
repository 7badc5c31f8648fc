import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PARTS } from '#app/kafka/parts';
import { readSettings } from '#app/kafka/settings';

/** Containers that are not of this project, and end by themselves. */
const ONE_SHOT = ['topics'];

const Container = z.object({
  image: z.string(),
  build: z.object({ dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.object({ test: z.unknown(), disable: z.boolean() }).partial().optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
});
const Compose = z.object({ services: z.record(z.string(), Container), volumes: z.record(z.string(), z.null()) });

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const text = (path: string) => readFile(at(path), 'utf8');

let compose: z.infer<typeof Compose>;
let ours: (readonly [name: string, container: z.infer<typeof Container>])[];
let dockerfile: string;

beforeAll(async () => {
  compose = Compose.parse(parse(await text('docker-compose.yml'), { merge: true }));
  ours = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);
  dockerfile = await text('infra/docker/Dockerfile');
});

/** What docker compose makes of ${NAME:-default} when nothing is set. */
function withDefaults(environment: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
}

describe('docker-compose.yml', () => {
  test('runs every service, each in a container of its own', () => {
    const runs = ours.map(([name, { command }]) => [name, command?.join(' ')]);
    expect(runs).toEqual([['topics', 'topics'], ...PARTS.map((part) => [part, `run ${part}`])]);
  });

  test('gives them settings that they accept', async () => {
    for (const [name, { environment }] of ours) {
      const outcome = await readSettings({}, withDefaults(environment));
      expect(outcome, name).toMatchObject({ kind: 'settings' });
    }
  });

  test('gives the key of identifiers to those alone who hash them', () => {
    const told = ours.filter(([, { environment }]) => environment?.LEADSTREAM_IDENTITY_KEY !== undefined);
    expect(told.map(([name]) => name)).toEqual(['identify', 'dashboard']);
  });

  test('pins every image to a full version', async () => {
    const images = Object.values(compose.services).map(({ image }) => image);
    const base = /^FROM (\S+)$/m.exec(dockerfile)?.[1];
    for (const image of [...images, base]) expect(image).toMatch(/:v?\d+\.\d+\.\d+(\.\d+)?(-[a-z-]+)?$/);
  });

  test('knows of every container that runs on whether it is healthy', () => {
    for (const [name, { build, healthcheck }] of Object.entries(compose.services)) {
      if (ONE_SHOT.includes(name)) expect(healthcheck, name).toEqual({ disable: true });
      else if (build === undefined) expect(healthcheck?.test, name).toBeDefined();
      else expect(healthcheck, `${name}: that of the Dockerfile holds`).toBeUndefined();
    }
    expect(dockerfile).toMatch(/^HEALTHCHECK .*CMD \["node", "infra\/docker\/health\.mjs"\]$/m);
  });

  test('starts services when what they need is there, and again when they end', () => {
    for (const [name, { restart, depends_on = {}, stop_grace_period }] of ours) {
      if (ONE_SHOT.includes(name)) continue;
      expect(restart, name).toBe('unless-stopped');
      expect(stop_grace_period, name).toBe('60s');
      expect(depends_on, name).toMatchObject({
        kafka: { condition: 'service_healthy' },
        'schema-registry': { condition: 'service_healthy' },
        topics: { condition: 'service_completed_successfully' },
      });
    }
  });

  test('opens ports on this machine only, and only where people and publishers come in', () => {
    const open = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(open.map(([name]) => name)).toEqual(['collect', 'dashboard', 'grafana']);
    for (const [, port] of open) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('keeps the data folder of each service in a volume', () => {
    for (const [name, { volumes }] of ours) {
      if (!ONE_SHOT.includes(name)) expect(volumes, name).toEqual([`${name}:/data`]);
    }
    const named = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((one) => one.split(':')[0]),
    );
    expect(Object.keys(compose.volumes).sort()).toEqual(named.filter((name) => !name?.startsWith('.')).sort());
  });
});

describe('the image', () => {
  test('does not run as root, and has what it copies', async () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    const copied = Array.from(dockerfile.matchAll(/^COPY (.+) \S+$/gm), ([, from = '']) => from.split(' ')).flat();
    const allowed = (await text('infra/docker/Dockerfile.dockerignore')).split('\n');
    expect(allowed).toEqual(expect.arrayContaining(copied.map((path) => `!${path}`)));
  });
});

describe('the figures', () => {
  test('Prometheus asks every service, at the port where it answers', async () => {
    const Config = z.object({
      scrape_configs: z.array(
        z.object({ dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })) }),
      ),
    });
    const [job] = Config.parse(parse(await text('infra/prometheus/prometheus.yml'))).scrape_configs;
    expect(job?.dns_sd_configs).toMatchObject([{ names: [...PARTS], port: 9464 }]);
    for (const part of PARTS) expect(compose.services[part]?.environment?.LEADSTREAM_OPERATION_PORT).toBe('9464');
  });

  test('Prometheus alerts by figures that exist', async () => {
    const Alerts = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ expr: z.string() })) })) });
    const { groups } = Alerts.parse(parse(await text('infra/prometheus/alerts.yml')));
    const asked = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => expr.match(/leadstream_\w+/g) ?? []));
    const listed = (await text('lib/operation/README.md')).match(/(?<=^\| `)leadstream_\w+/gm) ?? [];
    expect(asked).toContain('leadstream_held_since_seconds');
    expect(listed).toEqual(expect.arrayContaining(asked));
    const { rule_files } = z
      .object({ rule_files: z.array(z.string()) })
      .parse(parse(await text('infra/prometheus/prometheus.yml')));
    const mounted = compose.services.prometheus?.volumes?.map((one) => one.split(':')[1]);
    expect(mounted).toEqual(expect.arrayContaining(rule_files.map((file) => `/etc/prometheus/${file}`)));
  });

  test('the dashboard shows figures that exist', async () => {
    const Dashboard = z.object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) });
    const { panels } = Dashboard.parse(JSON.parse(await text('infra/grafana/dashboards/leadstream.json')));
    const shown = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/leadstream_\w+/g) ?? []));
    const listed = (await text('lib/operation/README.md')).match(/(?<=^\| `)leadstream_\w+/gm) ?? [];
    expect(listed).toEqual(expect.arrayContaining(shown.map((name) => name.replace(/_bucket$/, ''))));
    for (const figure of 'lag records_total commit fold restore dead_letters fences'.split(' ')) {
      expect(shown.join(' ')).toContain(`leadstream_${figure}`);
    }
  });
});
