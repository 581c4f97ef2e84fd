/**
 * The configuration of `serve`: every key with its form, its default and one sentence. The names of environment
 * variables, the example file and `--print-config` are derived from here; there is no second list of keys.
 *
 * Nothing here protects privacy: participants enforce their own policy, whatever a coordinator is configured to do.
 */
import { z } from 'zod';
import { parseAddress } from '../../rpc/address.js';
import { parseDuration } from '../durations.js';
import { limitsSchema } from './limits.js';
import { quotasSchema } from './quotas.js';

/** What is known of a key besides its form. */
export interface KeyNotes {
  readonly description?: string;
  /** For the example file, where there is no default. */
  readonly example?: string;
  /** The example file has it, though it may be left out. */
  readonly isUsual?: boolean;
  /** A file or folder: relative to the file that names it, or to the working directory. */
  readonly isPath?: boolean;
  /** A table of tables: the keys that those may have. */
  readonly below?: readonly string[];
  /** A URL whose password is never shown. */
  readonly isUrl?: boolean;
}

const notes = (description: string, more: Omit<KeyNotes, 'description'> = {}): KeyNotes & object => ({
  description,
  ...more,
});

const text = z.string().min(1);
/** @param what it should be: also said of what is no text, as a number without a unit */
const textThat = (is: (value: string) => boolean, what: string) => z.string({ error: what }).refine(is, what);
/** Where something can be left out. */
export const OFF = 'off';
const MAX_THREADS = 64;
const file = (description: string, example: string) =>
  text.meta({ ...notes(description, { example, isPath: true }) });
const optionalFile = (description: string, example: string, isUsual = false) =>
  text.optional().meta({ ...notes(description, { example, isPath: true, isUsual }) });
const duration = (standard: string, description: string) =>
  textThat(
    (value) => succeeds(() => parseDuration(value)),
    'a duration is a number with a unit: 500ms, 60s, 5m, 2h, 365d',
  )
    .default(standard)
    .meta({ ...notes(description) });

export const configSchema = z.strictObject({
  listen: text
    .refine((value) => succeeds(() => parseAddress(value)), 'expected host:port, like 0.0.0.0:7443')
    .default('127.0.0.1:7443')
    .meta({ ...notes('address to listen on, host:port') }),
  tls: z
    .strictObject({
      certificate: file('PEM, with intermediate certificates', 'server.pem'),
      key: file('PEM; for its owner only', 'server.key'),
      clientCa: optionalFile(
        'PEM; then only clients with a certificate from this CA are let in',
        'client-ca.pem',
      ),
    })
    .optional()
    .meta({ ...notes('TLS 1.3; read again when the files change, and on SIGHUP') }),
  coordinatorKey: file(
    'the key that participants pin; made by: blindsum keygen --out coordinator.key',
    'coordinator.key',
  ),
  organiser: file("the organiser's public key; its private key never lies here", 'organiser.pub'),
  operatorTokens: optionalFile(
    'names and hashes, a line each: blindsum token create; read again like TLS, so that a deleted line takes effect',
    'operator-tokens',
    true,
  ),
  operatorTokenFile: optionalFile('or one token, of at least 32 random characters', 'operator.token'),
  witnesses: z
    .array(
      z.strictObject({
        name: text.regex(/^[^\s+]{1,64}$/u, "a name has up to 64 characters, no white space and no '+'"),
        key: text,
      }),
    )
    .max(32)
    .optional()
    .meta({
      ...notes(
        'who may cosign the log: name and public key (.pub file or hex); the private key stays there',
        {
          example: '[{ name: hospital-a, key: hospital-a.pub }]',
        },
      ),
    }),
  beacon: optionalFile(
    'YAML with chain, publicKey, genesis, period, file: the public beacon that rings may be made from (suite masking/ring)',
    'beacon.yaml',
  ),
  data: text
    .default('data')
    .meta({ ...notes('folder for the SQLite file that sessions are kept in', { isPath: true }) }),
  store: text.optional().meta({
    ...notes('instead of SQLite: a PostgreSQL database, or memory for nothing that lasts', {
      example: 'postgres://blindsum@localhost/blindsum',
      isUrl: true,
    }),
  }),
  storePasswordFile: optionalFile(
    'the password of that database; or PGPASSFILE in the environment',
    'store.password',
  ),
  session: z
    .strictObject({
      join: duration('60s', 'how long the first round stays open at most'),
      round: duration('60s', 'how long each later round stays open at most'),
    })
    .prefault({})
    .meta({ ...notes('where `session open` says nothing') }),
  retention: textThat(
    (value) => value === OFF || (succeeds(() => parseDuration(value)) && parseDuration(value) >= 1000),
    `a duration of at least 1s, such as 30d, or ${OFF}`,
  )
    .default(OFF)
    .meta({
      ...notes(
        'how long after its end the sums, shares and input of a session are kept: 30d; signed messages and the result stay; off: for ever',
      ),
    }),
  escrow: z
    .enum(['on', OFF])
    .default(OFF)
    .meta({
      ...notes(
        'on: uploads are kept like sums and shares, until retention ends or the session is purged, so that an auditor (token create --role auditor) can compute each sum again; off: they are added up and dropped',
      ),
    }),
  threads: z
    .int()
    .min(1)
    .max(MAX_THREADS)
    .optional()
    .meta({
      ...notes('worker threads that take off masks; without it as many as the machine runs at once', {
        example: '2',
      }),
    }),
  log: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .meta({ ...notes('least level that is logged: debug, info, warn, error') }),
  metrics: z
    .strictObject({
      listen: text
        .refine(
          (value) => value === OFF || succeeds(() => parseAddress(value)),
          'expected host:port, like 127.0.0.1:9464, or off',
        )
        .default(OFF)
        .meta({
          ...notes(
            'address for /metrics, /livez and /readyz, without TLS: 127.0.0.1:9464; off: no such port',
          ),
        }),
    })
    .prefault({})
    .meta({ ...notes('for whoever watches over the process') }),
  tracing: z
    .strictObject({
      endpoint: text
        .refine(isEndpoint, 'http://host:4318 or https://…, without user, password or query; or off')
        .default(OFF)
        .meta({
          ...notes(
            'OpenTelemetry collector (OTLP over HTTP), http://collector:4318; needs the packages that the error names; off: no traces',
          ),
        }),
      sampleRatio: z
        .number()
        .min(0)
        .max(1)
        .default(1)
        .meta({ ...notes('share of traces that are sent, 0 to 1') }),
    })
    .prefault({})
    .meta({ ...notes('where the time goes: a trace for each call and each closing of a round') }),
  limits: limitsSchema.prefault({}).meta({ ...notes('what is taken from whoever connects') }),
  quotas: quotasSchema.optional().meta({
    ...notes(
      'what is taken from groups of participants together, beside `limits`; each node counts by itself',
    ),
  }),
});

export type Settings = z.infer<typeof configSchema>;

/** Who may send is said in OTEL_EXPORTER_OTLP_HEADERS, which is not shown by --print-config. */
function isEndpoint(value: string): boolean {
  if (value === OFF) return true;
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

function succeeds(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
