/** The text forms of PROTOCOL §12: checkpoints with cosignatures, proofs, the manifest, trust.yaml. */
import { need } from './cbor.js';
import { isSigned, sha256 } from './primitives.js';

export interface Witness {
  readonly name: string;
  readonly key: Buffer;
}
export interface Head {
  readonly size: number;
  readonly root: Buffer;
  readonly text: string;
  readonly lines: readonly NoteLine[];
}
export interface NoteLine {
  readonly name: string;
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

const utf8 = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString();
  need(Buffer.from(text).equals(bytes), 'not UTF-8');
  return text;
};
function base64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  need(bytes.toString('base64') === text, 'not the one Base64 of some bytes');
  return bytes;
}
function hash(text: string): Buffer {
  const bytes = base64(text);
  need(bytes.length === 32, 'not a hash');
  return bytes;
}
function decimal(text: string): number {
  need(/^(0|[1-9][0-9]{0,9})$/.test(text) && Number(text) < 2 ** 32, 'not a number below 2^32');
  return Number(text);
}

export const keyId = (name: string, type: number, key: Buffer): Buffer =>
  sha256(Buffer.from(`${name}\n`), Buffer.of(type), key).subarray(0, 4);

/** §12.2, the form of a signed note. @throws Malformed */
export function parseNote(bytes: Uint8Array): { text: string; lines: NoteLine[] } {
  const note = utf8(bytes);
  const end = note.lastIndexOf('\n\n');
  need(note.length <= 65_536 && end >= 0 && note.endsWith('\n'), 'no note');
  need(![...note].some((character) => character < ' ' && character !== '\n'), 'a control character');
  const lines = note.slice(end + 2, -1).split('\n');
  need(lines.length <= 64, 'too many signatures');
  const parsed = lines.map((line) => {
    const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
    const raw = base64(encoded);
    need(name !== '' && raw.length > 4, 'no signature line');
    return { name, keyId: raw.subarray(0, 4), signature: raw.subarray(4) };
  });
  return { text: note.slice(0, end + 1), lines: parsed };
}

/** A checkpoint of the tree with this origin, signed once by the coordinator. @throws Malformed */
export function openCheckpoint(bytes: Uint8Array, origin: string, coordinator: Buffer): Head {
  const { text, lines } = parseNote(bytes);
  const [first, size = '', root = '', ...rest] = text.split('\n');
  need(first === origin, 'of another tree');
  need(rest.length === 1 && rest[0] === '', 'more lines than three');
  const own = by(lines, origin, 1, coordinator);
  need(own.length === 1, 'not signed once by the coordinator');
  need(
    isSigned(coordinator, Buffer.from(text), own[0]?.signature as Buffer),
    'not signed by the coordinator',
  );
  return { size: decimal(size), root: hash(root), text, lines };
}

const by = (lines: readonly NoteLine[], name: string, type: number, key: Buffer): NoteLine[] =>
  lines.filter((line) => line.name === name && line.keyId.equals(keyId(name, type, key)));

/** §12.3. @returns null: it has not cosigned; false: what bears its name does not verify */
export function cosignedAt(
  { text, lines }: Pick<Head, 'text' | 'lines'>,
  { name, key }: Witness,
): number | null | false {
  const times = by(lines, name, 4, key).map(({ signature }) => {
    if (signature.length !== 72) return false;
    const seconds = signature.readBigUInt64BE();
    if (seconds > BigInt(Number.MAX_SAFE_INTEGER)) return false;
    const signed = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
    return isSigned(key, signed, signature.subarray(8)) && Number(seconds);
  });
  return times.find((time) => time === false) ?? times[0] ?? null;
}

export interface Proof {
  readonly extra: Buffer;
  readonly index: number;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: Buffer;
}

/** §12.4. @throws Malformed */
export function parseProof(bytes: Uint8Array): Proof {
  const text = utf8(bytes);
  const end = text.indexOf('\n\n');
  const [first, extra = '', index = '', ...hashes] = text.slice(0, Math.max(end, 0)).split('\n');
  need(
    first === 'c2sp.org/tlog-proof@v1' && extra.startsWith('extra ') && index.startsWith('index '),
    'no proof',
  );
  need(hashes.length <= 63, 'too many hashes');
  return {
    extra: base64(extra.slice('extra '.length)),
    index: decimal(index.slice('index '.length)),
    hashes: hashes.map(hash),
    checkpoint: Buffer.from(text.slice(end + 2)),
  };
}

export const TRANSCRIPT = /^sessions\/[0-9]{6,16}-[0-9a-f]{16}\.transcript$/;
export const OTHERS = ['checkpoint', 'log', 'trust.yaml'];

/** §12.5. @throws Malformed */
export function parseManifest(bytes: Uint8Array): { scope: string; files: Map<string, string> } {
  const [first, scope = '', ...lines] = utf8(bytes).split('\n');
  need(first === 'blindsum/v1/manifest', 'no manifest');
  need(/^scope (all|(task|session) [0-9a-f]{64})$/.test(scope), 'no scope');
  need(lines.pop() === '', 'the last line has no end');
  const files = lines.map((line) => {
    const [, digest = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    need(TRANSCRIPT.test(path) || OTHERS.includes(path), 'no file of an archive');
    return [path, digest] as const;
  });
  files.forEach(([path], index) => {
    need(index === 0 || (files[index - 1] as readonly [string, string])[0] < path, 'not increasing');
  });
  return { scope: scope.slice('scope '.length), files: new Map(files) };
}

export interface Keys {
  readonly organiser: Buffer;
  readonly coordinator: Buffer;
  readonly witnesses: readonly Witness[];
}

/** §12.5. @throws Malformed */
export function parseTrust(bytes: Uint8Array): Keys {
  const text = utf8(bytes);
  const [, organiser = '', coordinator = '', list] =
    /^organiser: ([0-9a-f]{64})\ncoordinator: ([0-9a-f]{64})\n(?:witnesses:\n((?: {2}- name: ".*"\n {4}key: [0-9a-f]{64}\n)+))?$/.exec(
      text,
    ) ?? [];
  need(organiser !== '', 'no list of keys');
  const witnesses = [...(list ?? '').matchAll(/name: (".*")\n {4}key: (.*)\n/g)].map(
    ([, quoted = '', key = '']) => {
      const name: unknown = JSON.parse(quoted);
      need(typeof name === 'string' && JSON.stringify(name) === quoted, 'not the one form of this name');
      return { name, key: Buffer.from(key, 'hex') };
    },
  );
  return {
    organiser: Buffer.from(organiser, 'hex'),
    coordinator: Buffer.from(coordinator, 'hex'),
    witnesses,
  };
}
