/** Known answers for what needs no session: encoding, signatures, documents, tokens, sets, trees, rounding, decoding. */
import * as c from '../../../crypto/index.js';
import { encodeSigned } from '../../../src/protocol/attachments.js';
import {
  certificateCodec,
  electorateHash,
  grantCodec,
  revocationCodec,
  type Task,
  type VectorSpec,
} from '../../../src/protocol/documents.js';
import { proposedColluders, quorum, requiredBits, weightBits } from '../../../src/protocol/parameters.js';
import { decodeAggregate, quantiseInput } from '../../../src/protocol/quantise.js';
import { datasetScope, evolvingScope } from '../../../src/protocol/scope.js';
import { memberSet, toBitmap } from '../../../src/protocol/sets.js';
import { type Signed, signBody, signedHash } from '../../../src/protocol/signed.js';
import { abortCodec, inputHash, openingCodec } from '../../../src/protocol/statements.js';
import { createToken } from '../../../src/rpc/token.js';
import {
  coordinator,
  openingOf,
  organiser,
  participants,
  signTask,
  taskOf,
  vectorOf,
} from '../../helpers/protocol.js';

const parties = participants(4);
const identities = parties.map(({ identity }) => identity);
const person = parties[0] as (typeof parties)[number];
const bytes = (length: number, from = 0) => Uint8Array.from({ length }, (_, index) => (from + index) & 255);
const hashOf = (text: string) => c.sha256(c.utf8(text));

export function steps(): object {
  return {
    description:
      'Known answers for single steps. Bytes are lower-case hexadecimal. See README.md for what each list holds.',
    canonical: canonical(),
    signatures: signatures(),
    publicKeys: publicKeys(),
    documents: documents(),
    scopes: scopes(),
    token: token(),
    sets: sets(),
    merkle: merkle(),
    numbers: numbers(),
    quantise: quantise(),
    decode: decode(),
  };
}

const nested = (depth: number): c.CborValue => (depth === 0 ? 0 : [nested(depth - 1)]);

function canonical(): object {
  const values: readonly c.CborValue[] = [
    0,
    23,
    24,
    255,
    256,
    65_535,
    65_536,
    2 ** 32,
    2 ** 53 - 1,
    -1,
    -(2 ** 53 - 1),
    0.5,
    1.5,
    0.1,
    Math.fround(0.1),
    3 * 2 ** -17,
    2 ** -24,
    100.25,
    1 / 3,
    true,
    null,
    '',
    'Größe',
    bytes(3),
    [],
    [1, [2, 'b']],
    nested(32),
    {},
    { size: 1, hash: 'h', q: 3 },
    { name: 'n', bits: 16, clip: [0.5, 2], length: 4, scale: 1, weighted: false },
  ];
  return {
    accepted: values.map((value) => ({
      value: value instanceof Uint8Array ? { bytes: value } : value,
      encoded: c.encodeCanonical(value),
    })),
    refused: [
      ['an integer that fits a shorter form', '1817'],
      ['an integer as a float', 'f93c00'],
      ['a float that fits a shorter form', 'fa3f000000'],
      ['a number that half precision holds as a subnormal, in single precision', 'fa37c00000'],
      ['negative zero', 'f98000'],
      ['NaN', 'f97e00'],
      ['infinity', 'f97c00'],
      ['an integer beyond 2^53 − 1', '1b0020000000000000'],
      ['an integer below −(2^53 − 1)', '3b001fffffffffffff'],
      ['2^53, an integer, in double precision', 'fb4340000000000000'],
      ['2^53 in single precision', 'fa5a000000'],
      ['undefined', 'f7'],
      ['a simple value', 'f0'],
      ['a tag', 'c100'],
      ['an array of indefinite length', '9f00ff'],
      ['text of indefinite length', '7f6161ff'],
      ['keys out of order', 'a2616201616100'],
      ['a key twice', 'a2616100616101'],
      ['a key that is not text', 'a10001'],
      ['the key __proto__', 'a1695f5f70726f746f5f5f00'],
      ['text that is not UTF-8', '61ff'],
      ['text that starts with a byte order mark', '63efbbbf'],
      ['a key that starts with a byte order mark', 'a164efbbbf6100'],
      ['a float that fits a shorter form, inside a map', 'a16161fa3f000000'],
      ['a byte after the end', '0000'],
      ['an end within', '820'.padEnd(4, '0')],
      ['33 arrays within one another', `${'81'.repeat(33)}00`],
      ['33 arrays within one another, the innermost empty', `${'81'.repeat(32)}80`],
      ['nothing', ''],
    ].map(([why, encoded]) => ({ why, encoded })),
  };
}

/** S + L is the same S to whoever does not look. */
function plusOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const number =
    [...signature.subarray(32)].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + order;
  return c.concatBytes(
    signature.subarray(0, 32),
    Uint8Array.from({ length: 32 }, (_, index) => Number((number >> BigInt(8 * index)) & 255n)),
  );
}

function signatures(): object[] {
  const seed = bytes(32, 1);
  const { publicKey } = c.identityFromSeed(seed);
  const message = c.utf8('a message');
  const signature = c.signMessage(seed, message);
  const one = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0));
  return [
    { what: 'valid', seed, publicKey, message, signature, valid: true },
    { what: 'S plus the group order', publicKey, message, signature: plusOrder(signature), valid: false },
    {
      what: 'the identity point as key and as R, S = 0: true for every message where nobody looks',
      publicKey: one,
      message,
      signature: c.concatBytes(one, new Uint8Array(32)),
      valid: false,
    },
    { what: 'cut', publicKey, message, signature: signature.subarray(0, 63), valid: false },
    ...TORSION,
  ];
}

/** By keys with a part of small order. They tell verifiers apart that agree on everything else. */
const MIXED = 'e7b40e257c2b24e81e37cf46babdfcfc3586bda26789d4d9354484225c601031';
const TORSION = [
  {
    what: 'a key with a part of small order: true only with the cofactor 8',
    publicKey: 'f27cb81402e6860c926ff81f393d14340e41a70bc0b0195cf64a90b348cb2fc4',
    message: '61206d657373616765',
    signature:
      '2561dfa96ca90f2865187cd777a131ec4540a8137887f87b6b4dbbed1fbe011e1982c084a8823dc810bef6779e4b4ee70052552a5468ddac3dc4c5e91f99c301',
    valid: false,
  },
  {
    what: 'a key with a part of small order, which k cancels: valid',
    publicKey: MIXED,
    message: '6d6573736167652035',
    signature:
      'f87a22889707d326b221b2dba4102625f99227c2febe06664c8d9409eb213e2141d0b6953845c81c6da807d46471c8e6bef04df5c3ab93e04e9220688fee5104',
    valid: true,
  },
  {
    what: 'a key with a part of small order: true only where k is not reduced mod L',
    publicKey: MIXED,
    message: '6d6573736167652038',
    signature:
      'f87a22889707d326b221b2dba4102625f99227c2febe06664c8d9409eb213e21fbbb7260daa8de2c0671dfe201ad9a8523145b297432ca549311a977f0924503',
    valid: false,
  },
] as const;

const X25519_REFUSED = [
  ['zero', '00'.repeat(32)],
  ['one', `01${'00'.repeat(31)}`],
  ['order 8', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ['order 8, the other', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
  ['p − 1', `ec${'ff'.repeat(30)}7f`],
  ['p, that is 0', `ed${'ff'.repeat(30)}7f`],
  ['p + 9, that is the base point', `f6${'ff'.repeat(30)}7f`],
  ['the base point with bit 255 set', `09${'00'.repeat(30)}80`],
] as const;

const ED25519_REFUSED = [
  ['order 1', `01${'00'.repeat(31)}`],
  ['order 2', `ec${'ff'.repeat(30)}7f`],
  ['order 4', '00'.repeat(32)],
  ['order 4, sign bit set', `${'00'.repeat(31)}80`],
  ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['y = p + 3', `f0${'ff'.repeat(30)}7f`],
] as const;

const publicKeys = (): object => ({
  x25519Refused: X25519_REFUSED.map(([why, key]) => ({ why, key })),
  ed25519Refused: ED25519_REFUSED.map(([why, key]) => ({ why, key })),
});

const show = (signed: Signed) => ({
  ...signed,
  fields: c.decodeCanonical(signed.payload),
  hash: signedHash(signed),
});

const certificate = () =>
  signBody(
    certificateCodec,
    {
      identity: person.identity,
      name: 'St. Mary',
      notBeforeMs: 1_700_000_000_000,
      expiresMs: 1_800_000_000_000,
    },
    organiser.signer,
  );

function documents(): object {
  const task = signTask(taskOf(parties, { name: 'documents', nonce: bytes(16) }));
  const electorate = electorateHash(identities);
  const grant = signBody(
    grantCodec,
    { scope: datasetScope('records'), from: identities.slice(0, 3), to: identities },
    organiser.signer,
  );
  const revocation = { identity: person.identity, revokedMs: 1_750_000_000_000 };
  const opening = openingOf(task, identities, {
    session: 7,
    nonce: bytes(32),
    input: inputHash(c.utf8('a query')),
    openedMs: 1_700_000_000_000,
    previous: [{ session: bytes(32, 1), size: 19, root: bytes(32, 2) }],
    grants: [signedHash(grant)],
  });
  const abort = {
    opening: bytes(32, 3),
    code: 'TOO_FEW_SURVIVORS',
    message: '4 shared their keys, 5 are needed',
    round: 'r1',
    blamed: [person.identity],
    size: 12,
    root: bytes(32, 4),
  };
  return {
    organiser: organiser.identity,
    coordinator: coordinator.identity,
    identities,
    electorateHash: electorate,
    input: { bytes: c.utf8('a query'), hash: inputHash(c.utf8('a query')) },
    task: { ...show(task), id: c.hashTuple('blindsum/v1/task', task.payload) },
    certificate: show(certificate()),
    revocation: show(signBody(revocationCodec, revocation, organiser.signer)),
    grant: show(grant),
    opening: show(signBody(openingCodec, opening, coordinator.signer)),
    abort: show(signBody(abortCodec, abort, coordinator.signer)),
  };
}

const scopes = (): object[] => [
  { kind: 'static', dataset: 'records', scope: datasetScope('records') },
  { kind: 'evolving', task: bytes(32), input: bytes(32, 9), scope: evolvingScope(bytes(32), bytes(32, 9)) },
  { kind: 'evolving', task: bytes(32), input: null, scope: evolvingScope(bytes(32), null) },
];

function token(): object {
  const seed = hashOf('test identity participant 0');
  const { publicKey: identity } = c.identityFromSeed(seed);
  const sign = (message: Uint8Array) => c.signMessage(seed, message);
  const jti = '2d5a3f04-3b55-4a41-9c8e-5b6f0f1f7a10';
  const nowMs = 1_700_000_000_123;
  const jwt = createToken({ sign, identity, coordinatorKey: coordinator.identity, nowMs, jti });
  const text = (part: number) => Buffer.from(jwt.split('.')[part] as string, 'base64url').toString('utf8');
  return {
    seed,
    identity,
    coordinator: coordinator.identity,
    nowMs,
    jti,
    header: text(0),
    claims: text(1),
    jwt,
    metadata: {
      authorization: `Bearer ${jwt}`,
      'blindsum-certificate-bin': encodeSigned(certificate()),
    },
  };
}

const sets = (): object[] =>
  (
    [
      [1, [0, 1, 2], 3],
      [2, [0, 2], 3],
      [3, [0, 1, 7], 8],
      [2, [0, 8, 9, 16], 17],
    ] as const
  ).map(([set, members, rosterSize]) => ({
    ctx: bytes(32),
    set,
    members,
    rosterSize,
    bitmap: toBitmap(members, rosterSize),
    hash: memberSet(bytes(32), set, members, rosterSize).hash,
  }));

const merkle = (): object[] =>
  [0, 1, 2, 3, 5, 8].map((size) => {
    const entries = Array.from({ length: size }, (_, index) => bytes(index, index));
    return {
      entries,
      root: c.merkleRoot(entries),
      proofs: entries.map((_, index) => c.inclusionProof(entries, index)),
    };
  });

function numbers(): object {
  const spec = (changes: Partial<VectorSpec>) => vectorOf({ clip: 1, scale: 1, ...changes });
  const vectors: readonly (readonly [VectorSpec, number, number | null])[] = [
    [spec({ clip: 100 }), 3, null],
    [spec({ clip: 1, scale: 1024 }), 100, null],
    [spec({ clip: [0.5, 2], scale: 256, weighted: true }), 4, 20],
    [spec({ clip: 0.001 }), 3, null],
  ];
  return {
    quorum: [
      [3, 1],
      [5, 1],
      [8, 1],
      [10, 3],
      [100, 33],
    ].map(([n, colluders]) => ({ n, colluders, q: quorum(n as number, colluders as number) })),
    proposedColluders: [3, 4, 10, 20, 100].map((n) => ({ n, colluders: proposedColluders(n) })),
    requiredBits: vectors.map(([{ clip, scale, weighted }, participantsMost, maxWeight]) => ({
      clip,
      scale,
      weighted,
      maxParticipants: participantsMost,
      maxWeight,
      bits: requiredBits({ clip, scale, weighted }, participantsMost, maxWeight),
    })),
    weightBits: [{ maxParticipants: 4, maxWeight: 20, bits: weightBits(4, 20) }],
  };
}

const weightedTask = (): Task =>
  taskOf(parties, {
    vectors: [
      vectorOf({ name: 'g', length: 4, bits: 16, scale: 100, clip: [1, 1, 2, 0.5], weighted: true }),
      vectorOf({ name: 'p', length: 2, bits: 12, scale: 0.5, clip: 40 }),
    ],
    maxWeight: 10,
  });

function quantise(): object {
  const task = weightedTask();
  const plain = { g: [0.123, -0.987, 5, -0.25], p: [3, -40] };
  const noise = c.deterministicRandom(c.utf8('vectors: rounding'))(4 * 6);
  let drawn = 0;
  const random = (length: number) => noise.slice(drawn, (drawn += length));
  const input = quantiseInput(task, { vectors: plain, weight: 3, clipping: 'clip' }, random);
  return { vectors: task.vectors, maxWeight: 10, plain, weight: 3, noise, integers: input };
}

function decode(): object {
  const task = weightedTask();
  const integers = [
    Uint32Array.of(0, 1, 2 ** 16 - 1, 2 ** 15),
    Uint32Array.of(2047, 2048),
    Uint32Array.of(7),
  ];
  const { vectors } = decodeAggregate(task, integers, 3);
  return { vectors: task.vectors, integers, survivors: 3, weight: 7, decoded: vectors };
}
