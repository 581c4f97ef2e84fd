// A payload with its signature: what verifies, what counts as the same message, and what a refusal says.
import { expect, test } from '@jest/globals';
import { verifySignature } from '../../crypto/signature.js';
import { revocationCodec } from '../../src/protocol/documents.js';
import type { ErrorCode } from '../../src/protocol/errors.js';
import { isBlindsumError } from '../../src/protocol/errors.js';
import { openSigned, sameSigned, signBody, signedHash } from '../../src/protocol/signed.js';
import { codeOf, organiser, party } from '../helpers/protocol.js';

const body = { identity: organiser.identity, revokedMs: 5 };
const signed = signBody(revocationCodec, body, organiser.signer);
const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));

test('opens what the named key signed, and nothing else', () => {
  expect(openSigned(revocationCodec, signed, organiser.identity, verifySignature)).toEqual(body);
  const other = party('other').identity;
  expect(codeOf(() => openSigned(revocationCodec, signed, other))).toBe('BAD_SIGNATURE');
  for (const changed of [
    { ...signed, payload: flipped(signed.payload) },
    { ...signed, signature: flipped(signed.signature) },
  ]) {
    expect(codeOf(() => openSigned(revocationCodec, changed, organiser.identity))).toBe('BAD_SIGNATURE');
  }
});

test('a signature has 64 bytes, whatever the verifier makes of another', () => {
  for (const length of [0, 63, 65, 128]) {
    const odd = { ...signed, signature: new Uint8Array(length) };
    expect(codeOf(() => openSigned(revocationCodec, odd, organiser.identity, () => true))).toBe(
      'BAD_SIGNATURE',
    );
  }
});

test('the same message is the same payload under the same signature', () => {
  expect(sameSigned(signed, { payload: signed.payload.slice(), signature: signed.signature.slice() })).toBe(
    true,
  );
  expect(sameSigned(signed, { ...signed, payload: flipped(signed.payload) })).toBe(false);
  expect(sameSigned(signed, { ...signed, signature: flipped(signed.signature) })).toBe(false);
  const swapped = { payload: signed.signature, signature: signed.payload };
  expect(signedHash(swapped)).not.toEqual(signedHash(signed));
});

const reasons: [ErrorCode, RegExp][] = [
  ['WRONG_ORGANISER', /^the revocation was not signed by the organiser that the trust file/],
  ['WRONG_COORDINATOR', /^the revocation was not signed by the pinned coordinator key$/],
  ['CERTIFICATE_UNKNOWN', /^the revocation was not signed by the organiser$/],
  ['BAD_SIGNATURE', /^blindsum\/v1\/revocation: the signature does not verify$/],
];
test.each(reasons)('%s names the document and the key it wanted', (code, text) => {
  const other = party('other').identity;
  let message = '';
  try {
    openSigned(revocationCodec, signed, other, verifySignature, code);
  } catch (error) {
    if (isBlindsumError(error, code)) message = error.message;
  }
  expect(message).toMatch(text);
});
