/** `blindsum store`: look at what a coordinator keeps, bring it to this version, copy it. */
import { Command } from 'commander';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';
import type { Check } from '../doctor/checks.js';

interface Flags {
  readonly config: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function storeCommand(): Command {
  const add = (name: string, description: string, example: string): Command =>
    new Command(name)
      .description(description)
      .requiredOption('--config <file>', 'the configuration of serve, which names the store')
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  blindsum store ${example}`);
  return new Command('store')
    .description('what the coordinator keeps: check, migrate, backup')
    .addCommand(
      add(
        'check',
        'read everything: is the file whole, does the tree of every session fit its leaves (SQLite: the coordinator is stopped)',
        'check --config blindsum.yaml',
      ).action(check),
    )
    .addCommand(
      add(
        'migrate',
        'bring the schema to this version, as serve does when it starts',
        'migrate --config blindsum.yaml',
      ).action(migrate),
    )
    .addCommand(
      add(
        'backup',
        'copy the store, also while the coordinator runs (SQLite: one file; PostgreSQL: pg_dump)',
        'backup --config blindsum.yaml --out blindsum-2026-11-27.sqlite',
      )
        .requiredOption('--out <file>', 'where the copy goes; nothing is written over')
        .action(backup),
    );
}

async function storeOf(path: string) {
  const { resolveConfig } = await import('../serve-config/index.js');
  const { readStore } = await import('../serve-config/load.js');
  const store = readStore(resolveConfig({ config: path }));
  return store.kind === 'memory' ? usage('the store is in memory: there is nothing to look at') : store;
}

async function check({ config, json }: Flags): Promise<void> {
  const store = await storeOf(config);
  const { inspectStore } = await import('../store/inspect.js');
  const { checked } = await import('../doctor/checks.js');
  const { checkSessions } = await import('../store/check-sessions.js');
  const before = await checked('store', () => inspectStore(store, true));
  const isReadable = before.every(({ status }) => status !== 'fail');
  const sessions = isReadable ? await checked('sessions', () => checkSessions(store)) : [];
  const checks: readonly Check[] = [...before, ...sessions];
  createOutput(json === true).result(
    checks,
    checks.map(({ name, status, message }) => `${status.padEnd(4)}  ${name}: ${message}`).join('\n'),
  );
  if (checks.some(({ status }) => status === 'fail')) process.exitCode = 1;
}

async function migrate({ config, json }: Flags): Promise<void> {
  const store = await storeOf(config);
  const { describeStore, openStore } = await import('../store/open.js');
  const { SCHEMA_VERSION } = await import('../../storage/sql/migrate.js');
  await (await openStore(store)).close();
  createOutput(json === true).result(
    { store: describeStore(store), schema: SCHEMA_VERSION },
    `${describeStore(store)}: schema ${SCHEMA_VERSION}`,
  );
}

async function backup({ config, out = '', json }: Flags): Promise<void> {
  const store = await storeOf(config);
  const { backupStore } = await import('../store/backup.js');
  await backupStore(store, out);
  createOutput(json === true).result(
    { out },
    `${out}; keep it like the store itself: it says who took part in what`,
  );
}
