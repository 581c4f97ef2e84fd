/** What is on the wire or between the shells: payloads and attachments, which are CBOR, and what a packet holds. */
import { CanonicalError, decodeCanonical, encodeCanonical } from '../../../crypto/canonical.js';
import {
  decodePackets,
  decodeShareList,
  decodeSigned,
  encodePackets,
  encodeShareList,
  encodeSigned,
} from '../../../src/protocol/attachments.js';
import type { Codec } from '../../../src/protocol/codec.js';
import * as documents from '../../../src/protocol/documents.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import * as messages from '../../../src/protocol/messages.js';
import { decodeShares, encodeShares } from '../../../src/protocol/shares.js';
import * as statements from '../../../src/protocol/statements.js';
import { closeR0, participants, setUp } from '../../helpers/protocol.js';
import { type Decoder, requireSame } from '../harness.js';

/** Every codec that there is: a new one is tested without being named here. */
export const CODECS: readonly Codec<unknown>[] = [documents, messages, statements].flatMap((module) =>
  Object.values(module).filter(
    (value): value is Codec<never> => typeof value === 'object' && value !== null && 'label' in value,
  ),
);

/** By name of the seed; whatever else the bytes may be, only its own codec may read them. */
const byKind = new Map(CODECS.map((codec) => [codec.label.split('/').at(-1) as string, codec]));

const kindOf = (name: string): string =>
  [...byKind.keys()]
    .filter((kind) => name.startsWith(`valid-${kind}`))
    .sort((a, b) => b.length - a.length)[0] as string;

const frozen = (() => {
  const at = closeR0(setUp(participants(4), { seed: 'corpus' }), [0, 1, 2, 3]);
  if (at.round !== 'r1') throw new Error('aborted');
  return at.frozen;
})();

export const messageDecoders: readonly Decoder[] = [
  {
    folder: 'canonical',
    codes: [],
    ownError: { type: CanonicalError, code: 'MALFORMED' },
    check: (bytes) => requireSame(bytes, encodeCanonical(decodeCanonical(bytes))),
  },
  {
    folder: 'payload',
    codes: ['MALFORMED'],
    check(bytes, name) {
      const codec = byKind.get(kindOf(name)) as Codec<unknown>;
      requireSame(bytes, codec.encode(codec.decode(bytes)));
    },
  },
  {
    folder: 'attachment',
    codes: ['MALFORMED'],
    check(bytes, name) {
      if (name.includes('signed')) requireSame(bytes, encodeSigned(decodeSigned(bytes)));
      else if (name.includes('packets')) requireSame(bytes, encodePackets(decodePackets(bytes)));
      else requireSame(bytes, encodeShareList(decodeShareList(bytes)));
    },
  },
  {
    folder: 'share-plaintext',
    codes: ['MALFORMED'],
    check(bytes) {
      const shares = decodeShares(frozen.session, 0, 1, bytes, 2);
      // Null is how it refuses: the holder then complains.
      if (shares === null) throw new BlindsumError('MALFORMED', 'peer', 'not the shares for this holder');
      requireSame(bytes, encodeShares(frozen.session, 0, 1, shares));
    },
  },
];
