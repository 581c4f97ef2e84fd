// deploy/ says nothing that the code does not know: metrics, labels, keys of the configuration; and what hardens stays.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { exampleConfig } from '../../src/cli/serve-config/index.js';
import { configSchema } from '../../src/cli/serve-config/schema.js';
import { METRICS, type MetricName } from '../../src/coordinator/metrics/definitions.js';
import { createPrometheusMetrics } from '../../src/coordinator/metrics/prometheus.js';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url)), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}
const rules = (parse(read('monitoring/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(read('monitoring/dashboard.json')) as { panels: Panel[] };

/** Metrics in a query, each with the names and the values of the labels that it selects. */
function queried(expression: string): { name: string; labels: [string, string, string][] }[] {
  const found = expression.matchAll(/\b((?:blindsum|process|nodejs)_\w+)(?:\{([^}]*)\})?/g);
  return [...found].map(([, name = '', selector = '']) => ({
    name,
    labels: [...selector.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].map(([, label, how, value]) => [
      label as string,
      how as string,
      value as string,
    ]),
  }));
}

const queries = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr }))),
];

describe('monitoring', () => {
  test('asks only for metrics and labels that there are', async () => {
    const page = await createPrometheusMetrics().page();
    for (const { where, expr } of queries) {
      expect(`${where}: ${queried(expr).length > 0 || expr.startsWith('up')}`).toBe(`${where}: true`);
      for (const { name, labels } of queried(expr)) {
        const base = name.replace(/_(bucket|sum|count)$/, '');
        const metric = METRICS[base as MetricName] as (typeof METRICS)[MetricName] | undefined;
        if (metric === undefined) {
          expect(page).toContain(`# TYPE ${name} `);
          continue;
        }
        expect(`${where}: ${name} ${base === name ? metric.kind !== 'histogram' : metric.kind}`).toBe(
          `${where}: ${name} ${base === name ? true : 'histogram'}`,
        );
        for (const [label, how, value] of labels) {
          if (label === 'job') continue;
          const known = (metric.labels as Record<string, readonly string[] | null>)[label];
          expect(`${where}: ${label} ${known !== undefined}`).toBe(`${where}: ${label} true`);
          if (known === null || known === undefined) continue;
          const matches = known.filter((one) =>
            how === '=~' ? new RegExp(`^(${value})$`).test(one) : one === value,
          );
          expect(`${where}: ${value} ${matches.length > 0}`).toBe(`${where}: ${value} true`);
        }
      }
      for (const [, list = ''] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
        const labels = list.split(',').map((label) => label.trim());
        const own = queried(expr).flatMap(({ name }) =>
          Object.keys(METRICS[name.replace(/_(bucket|sum|count)$/, '') as MetricName]?.labels ?? {}),
        );
        for (const label of labels) expect([...own, 'le', 'instance']).toContain(label);
      }
    }
  });

  test('shows every metric somewhere', () => {
    const shown = new Set(queries.flatMap(({ expr }) => queried(expr)).map(({ name }) => name));
    const missing = Object.keys(METRICS).filter(
      (name) => !['', '_bucket', '_sum', '_count'].some((suffix) => shown.has(`${name}${suffix}`)),
    );
    expect(missing).toEqual([]);
  });

  test('the runbook explains every alert, and no other', () => {
    const explained = [...read('README.md').matchAll(/^\| `(Blindsum\w+)` \|/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });
});

test('the example configuration is that of the command', () => {
  expect(read('blindsum.yaml')).toBe(exampleConfig());
});

describe('compose', () => {
  interface Service {
    readonly ports?: readonly string[];
    readonly healthcheck?: object;
    readonly read_only?: boolean;
    readonly cap_drop?: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
    readonly secrets: readonly string[];
  }
  const compose = parse(read('compose.yaml')) as {
    services: { coordinator: Service; postgres: Service };
    configs: { 'blindsum.yaml': { content: string } };
    secrets: Record<string, { file: string }>;
    networks: { back: { internal: boolean } };
  };
  const { coordinator, postgres } = compose.services;

  test('a configuration that the coordinator takes; secrets are files', () => {
    configSchema.parse(parse(compose.configs['blindsum.yaml'].content));
    expect([...coordinator.secrets].sort()).toEqual(Object.keys(compose.secrets).sort());
    expect(JSON.stringify(compose)).not.toMatch(/PASSWORD":|:\/\/\w+:\w+@/);
  });

  test('the database is not reachable from outside, the coordinator is hardened', () => {
    expect(postgres.ports).toBeUndefined();
    expect(postgres.healthcheck).toBeDefined();
    expect(compose.networks.back.internal).toBe(true);
    expect(coordinator).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });
});

describe('Kubernetes', () => {
  const documents = parseAllDocuments(read('kubernetes/blindsum.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as { kind: string; spec: never; data: Record<string, string> };
  });
  const of = <Shape>(kind: string): Shape => documents.find((one) => one.kind === kind) as Shape;
  interface Deployment {
    readonly spec: {
      readonly replicas: number;
      readonly selector: { readonly matchLabels: object };
      readonly template: {
        readonly metadata: { readonly labels: object };
        readonly spec: {
          readonly securityContext: object;
          readonly containers: readonly Readonly<Record<string, { name: string }[]>>[];
          readonly volumes: readonly { readonly name: string }[];
        };
      };
    };
  }
  const { spec } = of<Deployment>('Deployment');
  const [container] = spec.template.spec.containers;

  test('a configuration that the coordinator takes', () => {
    const { data } = of<{ data: Record<string, string> }>('ConfigMap');
    configSchema.parse(parse(data['blindsum.yaml'] as string));
  });

  test('several nodes, probes, resources, nothing that it does not need', () => {
    expect(spec.replicas).toBeGreaterThan(1);
    expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(container).toMatchObject({
      livenessProbe: { httpGet: { path: '/livez', port: 'metrics' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'metrics' } },
      resources: { requests: {}, limits: {} },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
  });

  test('what selects the nodes selects them, and every mount has its volume', () => {
    const labels = spec.template.metadata.labels;
    expect(labels).toEqual(spec.selector.matchLabels);
    expect(of<{ spec: { selector: object } }>('Service').spec.selector).toEqual(labels);
    for (const kind of ['PodDisruptionBudget', 'NetworkPolicy']) {
      expect(JSON.stringify(of(kind))).toContain(JSON.stringify({ matchLabels: labels }));
    }
    const volumes = spec.template.spec.volumes.map(({ name }) => name);
    expect(container?.volumeMounts?.map(({ name }) => name).sort()).toEqual([...volumes].sort());
  });
});

test('the image has the optional packages of a coordinator, in the versions that are tested', () => {
  const { peerDependencies } = JSON.parse(read('../package.json')) as {
    peerDependencies: Record<string, string>;
  };
  const wanted = Object.entries(peerDependencies)
    .filter(([name]) => name === 'pg' || name.startsWith('@opentelemetry/'))
    .map(([name, version]) => `${name}@${version}`);
  expect(wanted).toHaveLength(5);
  const installed = [...read('Dockerfile').matchAll(/^ +(@?[a-z][\w/-]*@\d[\d.]+)(?: \\)?$/gm)];
  expect(installed.map(([, name]) => name).sort()).toEqual(wanted.sort());
});

test('the image and the unit run as nobody in particular', () => {
  const lastStage = read('Dockerfile')
    .split(/^FROM /m)
    .at(-1) as string;
  expect(lastStage).toMatch(/^USER 1000:1000$/m);
  expect(lastStage).toMatch(/^HEALTHCHECK .*healthcheck\.mjs/m);
  expect(lastStage).not.toMatch(/\.(key|token|password)\b/);
  const unit = read('blindsum.service');
  for (const line of [
    'User=blindsum',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'CapabilityBoundingSet=',
  ]) {
    expect(unit.split('\n')).toContain(line);
  }
});
