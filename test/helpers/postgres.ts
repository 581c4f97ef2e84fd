/** A real PostgreSQL server; the scripts use it too. */
export { type Postgres, query, startPostgres } from '../../scripts/lib/postgres.mjs';
