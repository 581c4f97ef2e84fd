/** The metrics as Prometheus reads them, and those of the process. The only file that knows prom-client. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName } from './definitions.js';
import type { Metrics, Sample } from './port.js';

export interface PrometheusMetrics extends Metrics {
  readonly contentType: string;
  /** The page that Prometheus asks for. */
  page(): Promise<string>;
}

type Collector = Counter | Gauge | Histogram;
type AnySample = Sample<'blindsum_sessions_open'>;

export function createPrometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const readers = new Map<string, () => readonly AnySample[]>();
  const collectors = new Map<string, Collector>();
  for (const name of Object.keys(METRICS) as MetricName[]) {
    collectors.set(name, collectorOf(name, registry, readers));
  }
  const find = <C extends Collector>(name: MetricName): C => collectors.get(name) as C;
  return {
    contentType: registry.contentType,
    page: () => registry.metrics(),
    count: (name, labels, amount = 1) => find<Counter>(name).inc(labels as Record<string, string>, amount),
    observe: (name, labels, seconds) =>
      find<Histogram>(name).observe(labels as Record<string, string>, seconds),
    read: (name, samples) => void readers.set(name, samples as () => readonly AnySample[]),
  };
}

function collectorOf(
  name: MetricName,
  registry: Registry,
  readers: ReadonlyMap<string, () => readonly AnySample[]>,
): Collector {
  const { kind, help, labels, ...rest } = METRICS[name];
  const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (kind === 'histogram') {
    const histogram = new Histogram({
      ...common,
      buckets: [...(rest as { buckets: readonly number[] }).buckets],
    });
    for (const known of combinations(labels)) histogram.zero(known);
    return histogram;
  }
  // prom-client calls it as a method of the collector.
  function collect(this: Counter | Gauge): void {
    const samples = readers.get(name);
    if (samples === undefined) return;
    this.reset();
    for (const known of combinations(labels)) this.inc(known, 0);
    for (const { labels: own, value } of samples()) this.inc(own, value);
  }
  const collector =
    kind === 'counter' ? new Counter({ ...common, collect }) : new Gauge({ ...common, collect });
  // A rate needs a series from before its first event.
  for (const known of combinations(labels)) collector.inc(known, 0);
  return collector;
}

/** Every set of label values that is known from the start; none when one label's are not. */
function combinations(labels: Readonly<Record<string, readonly string[] | null>>): Record<string, string>[] {
  let sets: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    sets = sets.flatMap((set) => (values ?? []).map((value) => ({ ...set, [label]: value })));
  }
  return sets;
}
