/** log.json: the formats of PROTOCOL §12 one by one, from fixed keys. */
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import { consistencyProof, inclusionProof, merkleRoot } from '../../../crypto/merkle.js';
import { formatManifest } from '../../../src/audit/archive/manifest.js';
import { formatKeys } from '../../../src/audit/archive/trust-text.js';
import {
  headText,
  logOrigin,
  sessionOrigin,
  signCheckpoint,
} from '../../../src/protocol/transcript/checkpoint.js';
import { cosign } from '../../../src/protocol/transcript/cosignature.js';
import { type LogEntry, logEntryCodec } from '../../../src/protocol/transcript/log-entry.js';
import { noteKeyId, SIGNATURE_TYPE, signatureLine } from '../../../src/protocol/transcript/signed-note.js';
import { formatTlogProof } from '../../../src/protocol/transcript/tlog-proof.js';
import { at, coordinator, organiser, party, seedOf } from '../../helpers/protocol.js';

const SECONDS = 1_700_000_000;
const hashOf = (text: string): Uint8Array => sha256(utf8(text));

const FIELDS: readonly LogEntry[] = [1, 2, 3, 4, 5].map((number) => ({
  task: hashOf(number === 3 ? 'another task' : 'a task'),
  number: number === 3 ? 1 : number,
  session: hashOf(`session ${number}`),
  size: 10 * number,
  root: hashOf(`root ${number}`),
  closed: number !== 4,
}));
const ENTRIES = FIELDS.map((fields) => logEntryCodec.encode(fields));
const LOG = logOrigin(coordinator.identity);
const SESSION = sessionOrigin(coordinator.identity, toHex(at(FIELDS, 0).session));
const WITNESSES = ['hospital-a', 'hospital-b'].map(party);

function checkpoint(origin: string, size: number, root: Uint8Array) {
  const text = headText({ origin, size, root });
  const key = { name: origin, publicKey: coordinator.identity, type: SIGNATURE_TYPE.note };
  return {
    ...{ origin, size, root, text, keyId: noteKeyId(key) },
    signature: coordinator.signer.sign(utf8(text)),
    note: signCheckpoint({ origin, size, root }, coordinator.signer),
  };
}
const logAt = (size: number) => checkpoint(LOG, size, merkleRoot(ENTRIES.slice(0, size)));

function cosignatures() {
  const { text, note } = logAt(5);
  const lines = WITNESSES.map((witness, index) => {
    const seconds = SECONDS + index;
    const line = cosign(text, witness, seconds);
    return {
      ...{ name: witness.name, seconds, keyId: line.keyId },
      signed: `cosignature/v1\ntime ${seconds}\n${text}`,
      line: signatureLine(line),
    };
  });
  return { lines, note: note + lines.map(({ line }) => line).join('') };
}

/** What a reader of the log's checkpoint must refuse. */
function refusedNotes() {
  const { note, text } = logAt(5);
  const [, signatures = ''] = note.split('\n\n');
  const signed = (other: string): string => {
    const key = { name: LOG, publicKey: coordinator.identity, type: SIGNATURE_TYPE.note };
    return `${other}\n${signatureLine({ name: LOG, keyId: noteKeyId(key), signature: coordinator.signer.sign(utf8(other)) })}`;
  };
  const root = text.split('\n')[2] as string;
  const stranger = party('stranger');
  return [
    { why: 'the tree of a session', note: checkpoint(SESSION, 5, merkleRoot(ENTRIES)).note },
    {
      why: 'by another key',
      note: signCheckpoint({ origin: LOG, size: 5, root: merkleRoot(ENTRIES) }, stranger.signer),
    },
    { why: 'the coordinator twice', note: note + signatures },
    { why: 'an extension line', note: signed(`${text}more\n`) },
    { why: 'a size with a leading zero', note: signed(`${LOG}\n05\n${root}\n`) },
    { why: 'a size of 2^32', note: signed(`${LOG}\n4294967296\n${root}\n`) },
    { why: 'a root of 31 bytes', note: signed(`${LOG}\n5\n${Buffer.alloc(31).toString('base64')}\n`) },
    { why: 'a root without its padding', note: signed(`${LOG}\n5\n${root.replace('=', '')}\n`) },
    { why: 'a carriage return', note: signed(text.replace('5\n', '5\r\n')) },
    { why: 'no line feed at its end', note: note.slice(0, -1) },
    { why: 'a signature line with a hyphen for its dash', note: note.replace('\u2014', '-') },
    { why: 'no signature', note: `${text}\n` },
    { why: 'another size than was signed', note: note.replace('\n5\n', '\n4\n') },
  ];
}

/** A checkpoint of a public log of another kind, signed and cosigned by programs that are not ours. */
const PUBLISHED = {
  note:
    'arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n' +
    '\u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n' +
    '\u2014 arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n' +
    '\u2014 transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n' +
    '\u2014 witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n' +
    '\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n' +
    '\u2014 witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n',
  log: {
    key: '4d2f1e6946092fcf74df1bd8e68698aa6b2c8f0728cf9d278ef6c60158875e5f',
    keyId: 'ba2f06c0',
  },
  witness: {
    name: 'remora.n621.de',
    key: 'ebcdeb78e7fdb2ef9227b2c1ef11e94600b55b4d6d9a57877e31ee89e59adc36',
    keyId: 'da77ade7',
    seconds: 1_779_573_024,
  },
};

export function formats(): object {
  const index = 2;
  const pairs = [1, 2, 3, 4].flatMap((oldSize) =>
    [1, 2, 3, 4, 5].filter((size) => size > oldSize).map((size) => ({ oldSize, size })),
  );
  const proof = { extra: at(ENTRIES, index), index, hashes: inclusionProof(ENTRIES, index) };
  const files = new Map([
    [`sessions/000001-${toHex(at(FIELDS, 0).session).slice(0, 16)}.transcript`, toHex(hashOf('transcript'))],
    ['trust.yaml', toHex(hashOf('trust.yaml'))],
    ['checkpoint', toHex(hashOf('checkpoint'))],
    ['log', toHex(hashOf('log'))],
  ]);
  const names = [...WITNESSES.map(({ name }) => name), 'a "quoted" \\ n\u00e4me'].map(party);
  const witnesses = names.map(({ name, identity }) => ({ name, publicKey: identity }));
  const keys = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses };
  return {
    description:
      'Log, checkpoints, cosignatures, proofs and the text forms of an archive: PROTOCOL \u00a712.',
    coordinator: { seed: seedOf('coordinator'), publicKey: coordinator.identity },
    witnesses: WITNESSES.map(({ name, identity }) => ({ name, seed: seedOf(name), publicKey: identity })),
    entries: ENTRIES.map((payload, at) => ({ fields: FIELDS[at], payload, leaf: merkleRoot([payload]) })),
    sequence: Buffer.concat(ENTRIES.map(encodeCanonical)),
    checkpoints: [1, 2, 3, 4, 5].map(logAt),
    sessionCheckpoint: checkpoint(SESSION, at(FIELDS, 0).size, at(FIELDS, 0).root),
    refused: refusedNotes(),
    published: PUBLISHED,
    cosignatures: cosignatures(),
    inclusion: ENTRIES.map((_, index) => ({ index, size: 5, proof: inclusionProof(ENTRIES, index) })),
    consistency: pairs.map(({ oldSize, size }) => ({
      ...{ oldSize, size },
      proof: consistencyProof(ENTRIES.slice(0, size), oldSize),
    })),
    proof: { ...proof, text: formatTlogProof({ ...proof, checkpoint: cosignatures().note }) },
    manifests: [
      { kind: 'all' } as const,
      { kind: 'task', task: toHex(at(FIELDS, 0).task) } as const,
      { kind: 'session', session: toHex(at(FIELDS, 0).session) } as const,
    ].map((scope) => ({ scope, files: Object.fromEntries(files), text: formatManifest({ scope, files }) })),
    trust: [keys, { ...keys, witnesses: [] }].map((given) => ({ ...given, text: formatKeys(given) })),
  };
}
