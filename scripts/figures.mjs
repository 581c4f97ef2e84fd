/** Measures what the README says about speed, and writes it there. See --help. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { growthPlots, growthText, measureGrowth } from './lib/figures/growth.mjs';
import { measurePerformance, performanceText } from './lib/figures/performance.mjs';
import { withPart } from './lib/figures/readme.mjs';
import { measureSuites, suitesPlots, suitesText } from './lib/figures/suites.mjs';
import { root } from './lib/stamp.mjs';

const HELP = `usage: node scripts/figures.mjs [options]      (build first)

Writes tables and plots from docs/performance.json, docs/growth.json and docs/suites.json into README.md and docs/. With --measure those
files are measured anew before that, on this machine, which should do nothing else: it takes some minutes.

  --measure NAME   performance, growth or suites; may be given several times
  --check          write nothing; exit status 1 if what is there is not what would be written
  --help

  node scripts/figures.mjs --measure performance --measure growth
`;

const MEASURE = { performance: measurePerformance, growth: measureGrowth, suites: measureSuites };

const TEXT = { performance: performanceText, growth: growthText, suites: suitesText };

const PLOTS = { growth: growthPlots, suites: suitesPlots };

const { values: options } = parseArgs({
  options: {
    measure: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else if (!options.measure.every((name) => name in MEASURE)) {
  process.stderr.write(`--measure: expected ${Object.keys(MEASURE).join(' or ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of options.measure)
    write(`docs/${name}.json`, JSON.stringify(await MEASURE[name](note), null, 2));
  for (const [path, text] of Object.entries(figures())) {
    if (!options.check) write(path, text);
    else if (!existsSync(join(root, path)) || read(path) !== text) {
      process.stderr.write(`${path} is not what docs/*.json give: run node scripts/figures.mjs\n`);
      process.exitCode = 1;
    }
  }
}

/** Paths and what should be there, of what was measured. */
function figures() {
  const measured = Object.keys(MEASURE).filter((name) => existsSync(join(root, `docs/${name}.json`)));
  const data = Object.fromEntries(measured.map((name) => [name, JSON.parse(read(`docs/${name}.json`))]));
  const tables = measured.map((name) => [name, TEXT[name](data[name])]);
  const readme = tables.reduce((text, [name, table]) => withPart(text, name, table), read('README.md'));
  const plots = measured.flatMap((name) => Object.entries(PLOTS[name]?.(data[name]) ?? {}));
  const files = plots.map(([name, svg]) => [`docs/${name}`, svg]);
  return { ...Object.fromEntries(files), 'README.md': readme };
}

function read(path) {
  return readFileSync(join(root, path), 'utf8');
}

function write(path, text) {
  writeFileSync(join(root, path), text.endsWith('\n') ? text : `${text}\n`);
}

function note(text) {
  process.stderr.write(`${text}\n`);
}
