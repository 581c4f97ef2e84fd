/** Reads the page that Prometheus reads. */
export interface MetricsPage {
  /** The sum over all series of a name that have at least these labels; 0 when there is none. */
  of(name: string, labels?: Readonly<Record<string, string>>): number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

export function readPage(text: string): MetricsPage {
  const series = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = LINE.exec(line) ?? [];
      if (name === undefined) throw new Error(`not a line of metrics: ${line}`);
      return { name, labels: new Set(labels.match(/\w+="[^"]*"/g) ?? []), value: Number(value) };
    });
  return {
    of: (name, labels = {}) =>
      series
        .filter((one) => one.name === name)
        .filter((one) => Object.entries(labels).every(([key, value]) => one.labels.has(`${key}="${value}"`)))
        .reduce((sum, { value }) => sum + value, 0),
  };
}
