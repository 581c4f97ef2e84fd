/** What the coordinator needs to count and measure. Prometheus is one implementation; tests read another. */
import type { LabelsOf, NameOf } from './definitions.js';

/** A value and its labels. */
export interface Sample<Name extends NameOf<'gauge' | 'counter'>> {
  readonly labels: LabelsOf<Name>;
  readonly value: number;
}

export interface Metrics {
  /** @param amount not negative; 1 when absent */
  count<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, amount?: number): void;
  observe<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, seconds: number): void;
  /** `samples` is asked whenever somebody looks: cheap, and never of the store. A later one takes its place. */
  read<Name extends NameOf<'gauge' | 'counter'>>(name: Name, samples: () => readonly Sample<Name>[]): void;
}

const ignore = (): void => undefined;
export const silentMetrics: Metrics = { count: ignore, observe: ignore, read: ignore };

/** The samples of a metric without labels. */
export const one = (value: number) => [{ labels: {}, value }];
