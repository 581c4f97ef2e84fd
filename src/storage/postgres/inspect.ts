/** A PostgreSQL database from outside, without a store: version, durability, clock. Nothing is changed. */
import { loadPg } from './package.js';

export interface PostgresState {
  readonly server: string;
  /** Of the schema; 0 for a database without one. */
  readonly version: number;
  /** Settings that are off and may not be: what is acknowledged could be lost. */
  readonly unsafe: readonly string[];
  /** Standbys that commits wait for. */
  readonly synchronousStandbys: number;
  /** The database's clock minus this machine's. */
  readonly clockMs: number;
}

const DURABILITY = ['synchronous_commit', 'fsync', 'full_page_writes'];

/** @throws BlindsumError MISSING_PACKAGE; what pg throws, without the password */
export async function inspectPostgres(url: string): Promise<PostgresState> {
  const { Client } = await loadPg();
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const one = async (text: string): Promise<string> => {
      const { rows } = await client.query<(string | number | boolean)[]>({ text, rowMode: 'array' });
      return String(rows[0]?.[0] ?? '');
    };
    const unsafe: string[] = [];
    for (const name of DURABILITY) {
      if ((await one(`SHOW ${name}`)) === 'off') unsafe.push(name);
    }
    const hasSchema = (await one(`SELECT to_regclass('schema_version') IS NOT NULL`)) === 'true';
    const before = Date.now();
    const clock = Number(await one('SELECT extract(epoch FROM clock_timestamp()) * 1000'));
    return {
      server: await one('SHOW server_version'),
      version: hasSchema ? Number(await one('SELECT version FROM schema_version')) : 0,
      unsafe,
      synchronousStandbys: Number(
        await one(`SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')`),
      ),
      clockMs: Math.round(clock - (before + Date.now()) / 2),
    };
  } finally {
    await client.end();
  }
}
