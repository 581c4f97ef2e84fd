// The limits of a serve configuration: what --help shows are the defaults, and each key sets what it says.
import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { serveCommand } from '../../src/cli/commands/serve.js';
import { loadServeConfig, prepareDev } from '../../src/cli/serve-config.js';
import { limitsOf, limitsSchema } from '../../src/cli/serve-limits.js';
import { writePublicKey } from '../../src/client/node/key-files.js';
import { DEFAULT_LIMITS, DEFAULT_SERVER_LIMITS } from '../../src/coordinator/index.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-serve-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shownInHelp(): Record<string, number> {
  let help = '';
  const command = serveCommand().configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const [, rest = ''] = help.split('Configuration (paths are relative to the file):\n');
  const [yaml = ''] = rest.split('\n\n');
  return (parse(yaml) as { limits: Record<string, number> }).limits;
}

test('--help shows every key with its default', () => {
  const shown = shownInHelp();
  expect(Object.keys(shown).sort()).toEqual(Object.keys(limitsSchema.shape).sort());
  const { coordinator, server } = limitsOf(limitsSchema.parse(shown));
  expect({ ...DEFAULT_LIMITS, ...coordinator }).toEqual(DEFAULT_LIMITS);
  expect({ ...DEFAULT_SERVER_LIMITS, ...server }).toEqual(DEFAULT_SERVER_LIMITS);
});

test('each key changes something, and what is not given stays as it is', () => {
  for (const [key, value] of Object.entries(shownInHelp())) {
    const { coordinator, server } = limitsOf({ [key]: value + 1 });
    const changed = { ...coordinator, ...server };
    expect(Object.keys(changed).length).toBeGreaterThan(0);
    for (const [limit, to] of Object.entries(changed)) {
      expect(to).not.toBe({ ...DEFAULT_LIMITS, ...DEFAULT_SERVER_LIMITS }[limit as 'maxTasks']);
    }
  }
});

test('a configuration carries them; what is no limit is refused by its name', async () => {
  const { organiser } = await prepareDev(folder, false, { listen: '127.0.0.1:0' });
  writePublicKey(join(folder, 'organiser.pub'), organiser);
  const load = (limits: object) => {
    const path = join(folder, 'blindsum.yaml');
    const config = {
      tls: { certificate: 'server.pem', key: 'server.key' },
      coordinatorKey: 'coordinator.key',
      organiser: 'organiser.pub',
      operatorTokenFile: 'operator.token',
      limits,
    };
    writeFileSync(path, stringify(config));
    return loadServeConfig(path, {});
  };
  expect(load({ tasks: 5, watches: 7 }).limits).toEqual({
    coordinator: { maxTasks: 5 },
    server: { maxWatches: 7 },
  });
  for (const bad of [{ tasks: 0 }, { watches: 1.5 }, { callBurst: 'many' }, { unheardOf: 1 }]) {
    const [key = ''] = Object.keys(bad);
    expect(() => load(bad)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    expect(() => load(bad)).toThrow(key);
  }
});
