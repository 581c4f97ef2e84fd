/**
 * What a million participants take: nodes, database writes, bandwidth, minutes, from measured rates. See --help.
 *
 * Of each session the planner of `blindsum plan` gives bytes and masks; everything else is a count divided by a rate:
 *   node seconds   = masks and agreements of the unmasking + n·t shares / sharesPerSecond
 *                    + n·checksPerParticipant / checksPerSecond + (received + sent bytes) / bytesPerSecond
 *   database       = n·writesPerParticipant / writesPerSecond
 *   nodes, servers = so many that each of these takes workMinutes or less
 *   minutes        = joinMinutes + four rounds of roundMinutes (dropouts are waited for) + the longer of work and database,
 *                    for the cohorts, and the same again for the parent session on one node
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { planTask } from '../dist/src/cli/plan/plan.js';

const help = `usage: node scripts/plan-million.mjs [--write]      (build first)

Prints deploy/plan-1e6.md as it follows from deploy/plan-1e6.json (what is asked, measured rates and the commands that
measured them), or writes it.
`;
const at = (name) => fileURLToPath(new URL(`../deploy/${name}`, import.meta.url));
const { values: options } = parseArgs({
  options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

const { asked, variants, measured, counted } = JSON.parse(readFileSync(at('plan-1e6.json'), 'utf8'));
const rate = Object.fromEntries(Object.entries(measured).map(([name, { value }]) => [name, value]));
const COMPLETE_UP_TO = 100;

/** One session: seconds of a node and of a database, and bytes. */
function session(suite, participants) {
  const request = {
    ...{ suite, participants, length: asked.length, dropout: asked.dropout, maxAbs: 1 },
    ...(suite === 'masking/ring' ? { rule: 'ring', adversarial: asked.adversarial } : {}),
  };
  const plan = planTask(request, rate, false);
  if (!plan.feasible) throw new Error(`${suite}, ${participants}: ${plan.refused}`);
  const { coordinator, perParticipant } = plan;
  const bytes = coordinator.uploadBytes + coordinator.downloadBytes;
  const writes = participants * counted.writesPerParticipant;
  return {
    ...{ suite, participants, plan, bytes, writes, perParticipant },
    nodeSeconds:
      coordinator.unmaskSeconds +
      (participants * plan.t) / rate.sharesPerSecond +
      (participants * counted.checksPerParticipant) / rate.checksPerSecond +
      bytes / rate.bytesPerSecond,
    databaseSeconds: writes / rate.writesPerSecond,
  };
}

function variant({ cohorts, suite }) {
  const cohort = session(suite, asked.participants / cohorts);
  const parent = session(cohorts > COMPLETE_UP_TO ? 'masking/ring' : 'masking/complete', cohorts);
  const within = (seconds) => Math.ceil(seconds / 60 / asked.workMinutes);
  const nodes = within(cohorts * cohort.nodeSeconds);
  const servers = within(cohorts * cohort.databaseSeconds);
  const waits = asked.joinMinutes + 4 * asked.roundMinutes;
  const longer = (of, by) => Math.max(of.nodeSeconds / by.nodes, of.databaseSeconds / by.servers) / 60;
  const all = {
    nodeSeconds: cohorts * cohort.nodeSeconds,
    databaseSeconds: cohorts * cohort.databaseSeconds,
  };
  const minutes = 2 * waits + longer(all, { nodes, servers }) + longer(parent, { nodes: 1, servers: 1 });
  return { cohorts, cohort, parent, nodes, servers, minutes };
}

const digits = (value, count = 3) => String(Number(value.toPrecision(count)));
function size(bytes) {
  const [unit, factor] = [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ].find(([, least]) => bytes >= least) ?? ['B', 1];
  return `${digits(bytes / factor)} ${unit}`;
}

const rows = [
  ['cohorts', ({ cohorts, cohort }) => `${cohorts} of ${cohort.participants}, ${cohort.suite}`],
  ['neighbours k, threshold t', ({ cohort: { plan } }) => `${plan.k}, ${plan.t}`],
  ['parent session', ({ parent }) => `${parent.participants} delegates, ${parent.suite}`],
  [
    'a participant sends; receives',
    ({ cohort: { perParticipant: each } }) => `${size(each.uploadBytes)}; ${size(each.downloadBytes)}`,
  ],
  [
    'a delegate sends; receives',
    ({ parent: { perParticipant: each } }) => `${size(each.uploadBytes)}; ${size(each.downloadBytes)}`,
  ],
  [
    'all nodes receive; send',
    ({ cohorts, cohort: { plan } }) =>
      `${size(cohorts * plan.coordinator.downloadBytes)}; ${size(cohorts * plan.coordinator.uploadBytes)}`,
  ],
  [
    'database writes',
    ({ cohorts, cohort, parent }) => `${digits((cohorts * cohort.writes + parent.writes) / 1e6)} million`,
  ],
  [
    'node seconds of a cohort; of the parent',
    ({ cohort, parent }) => `${digits(cohort.nodeSeconds)}; ${digits(parent.nodeSeconds)}`,
  ],
  ['nodes of two cores', ({ nodes }) => String(nodes)],
  ['database servers', ({ servers }) => String(servers)],
  [
    'bandwidth of a node while it works, both ways together',
    ({ cohorts, cohort, nodes }) => `${size((cohorts * cohort.bytes) / nodes / asked.workMinutes / 60)}/s`,
  ],
  ['minutes to the sum over all', ({ minutes }) => digits(minutes)],
];

function document() {
  const planned = variants.map(variant);
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const { participants, length, dropout, adversarial, workMinutes, joinMinutes, roundMinutes } = asked;
  return `# A plan for ${participants.toLocaleString('en')} participants

Written by \`node scripts/plan-million.mjs --write\` from [plan-1e6.json](plan-1e6.json); change that, not this. Formulas are in the head of the script.

Asked for: one sum over vectors of ${length.toLocaleString('en')} coordinates of 32 bits. ${100 * dropout} % drop out. On rings ${100 * adversarial} % of each cohort may collude, in complete cohorts a third. Participants sum in cohorts,
whose sums enter a parent session (protos/PROTOCOL.md, §7.1). The work of all cohorts is to take ${workMinutes} minutes; ${joinMinutes} minutes are given for joining and ${roundMinutes} for each of four rounds, and both
again for the parent session. Each session is on one node, which runs its
cohorts some at a time, so that each gets through its rounds in time.

${[
  row(['', ...planned.map((_, index) => `variant ${index + 1}`)]),
  row(['---', ...planned.map(() => '---')]),
  ...rows.map(([title, cell]) => row([title, ...planned.map(cell)])),
].join('\n')}

Fewer, larger cohorts hide an input among more others and leave fewer sums of cohorts that somebody knows; they cost bytes and work, and a participant whose cohort aborts takes more others with it.

## Rates
Measured on one machine of two cores; none was taken of this many participants. Not in the plan: TLS handshakes, the work of participants, retries, aborted cohorts.

| rate | | measured by |
|---|---|---|
${Object.entries(measured)
  .map(([name, { value, by }]) => row([`\`${name}\``, value.toLocaleString('en'), by]))
  .join('\n')}

Counted in the code: ${counted.writesPerParticipant} writes of each participant (a message of each round, and that its input is in the sum), ${counted.checksPerParticipant} signatures that the coordinator checks.
`;
}

if (options.help) process.stdout.write(help);
else if (options.write) writeFileSync(at('plan-1e6.md'), document());
else process.stdout.write(document());
