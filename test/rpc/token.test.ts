// Participants' tokens: what is accepted, and every way in which one is refused.
import { Metadata } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createTokenSource } from '../../src/client/node/token.js';
import { authenticate } from '../../src/coordinator/grpc/auth.js';
import { RememberedTokens } from '../../src/coordinator/grpc/remembered-tokens.js';
import { verifyToken } from '../../src/coordinator/grpc/verify-token.js';
import { openSigned } from '../../src/protocol/signed.js';
import { unmaskCodec } from '../../src/protocol/messages.js';
import { AUTHORIZATION, base64url, createToken, TOKEN_TYPE, tokenAudience } from '../../src/rpc/token.js';
import { COORDINATOR, PARTICIPANT, refusalOf, signer } from './fakes.js';

const NOW = 1_790_000_000_000;
const SECONDS = NOW / 1000;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const json = (value: unknown): string => base64url(new TextEncoder().encode(JSON.stringify(value)));

const HEADER = { alg: 'EdDSA', typ: TOKEN_TYPE };
const CLAIMS = {
  iss: hex(PARTICIPANT.publicKey),
  aud: tokenAudience(COORDINATOR.publicKey),
  iat: SECONDS,
  exp: SECONDS + 300,
  jti: 'one',
};

/** A well-signed token with whatever header and claims. */
function forge(header: object, claims: unknown, by = PARTICIPANT): string {
  const text = `${json(header)}.${json(claims)}`;
  return `${text}.${base64url(by.sign(new TextEncoder().encode(text)))}`;
}
const verify = async (
  token: string,
  nowMs = NOW,
  coordinatorKey = COORDINATOR.publicKey,
): Promise<Uint8Array> => (await verifyToken(token, { coordinatorKey, nowMs })).identity;
const make = (nowMs = NOW): string =>
  createToken({
    sign: (message) => PARTICIPANT.sign(message),
    identity: PARTICIPANT.publicKey,
    coordinatorKey: COORDINATOR.publicKey,
    nowMs,
  });

test('a fresh token names its identity; no two are alike', async () => {
  expect(await verify(make())).toEqual(PARTICIPANT.publicKey);
  expect(await verify(forge(HEADER, CLAIMS))).toEqual(PARTICIPANT.publicKey);
  expect(make()).not.toBe(make());
});

test('clocks may differ by 30 s', async () => {
  await expect(verify(make(), NOW + 329_000)).resolves.toBeDefined();
  await expect(verify(make(), NOW - 30_000)).resolves.toBeDefined();
});

test('a coordinator whose clock was set takes tokens that are good by either time, and no others', async () => {
  const hour = 3_600_000;
  const metadata = new Metadata();
  metadata.set(AUTHORIZATION, `Bearer ${make()}`);
  const enter = (nowMs: number, passedMs?: number) =>
    authenticate(
      {
        ...{ coordinatorKey: COORDINATOR.publicKey, operatorTokens: () => [], nowMs: () => nowMs },
        ...(passedMs !== undefined && { passedMs: () => passedMs }),
      },
      '/blindsum.v1.ParticipantService/GetTask',
      metadata,
      new RememberedTokens(),
      () => undefined,
    );
  const welcome = { kind: 'participant', caller: { identity: PARTICIPANT.publicKey } };
  expect(await enter(NOW)).toMatchObject(welcome);
  expect(await enter(NOW + hour, NOW)).toMatchObject(welcome);
  expect(await enter(NOW, NOW - hour)).toMatchObject(welcome);
  await expect(enter(NOW + hour)).rejects.toThrow(/expired/);
  await expect(enter(NOW + hour, NOW - hour)).rejects.toThrow(/from the future/);
});

test('a token that was good is not checked again as long as its times are good; any other is', async () => {
  let checks = 0;
  const remembered = new RememberedTokens((...args) => {
    checks += 1;
    return verifyToken(...args);
  });
  const ask = (token: string, nowMs = NOW) =>
    remembered.verify(token, { coordinatorKey: COORDINATOR.publicKey, nowMs });
  const token = make();
  for (const nowMs of [NOW, NOW + 1000, NOW + 299_000]) {
    expect((await ask(token, nowMs)).identity).toEqual(PARTICIPANT.publicKey);
  }
  expect(checks).toBe(1);
  await ask(make());
  expect(checks).toBe(2);
  // At its end, and before its begin, the whole check decides.
  await ask(token, NOW + 310_000);
  await ask(token, NOW - 20_000);
  expect(checks).toBe(4);
  await expect(ask(token, NOW + 331_000)).rejects.toThrow(/expired/);
  await expect(ask(token, NOW - 31_000)).rejects.toThrow(/from the future/);
  // Not the last character: some of its bits are of no byte.
  const altered = token.replace(/[^.](?=[^.]*$)/, (first) => (first === 'A' ? 'B' : 'A'));
  await expect(ask(altered)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const later = forge(HEADER, { ...CLAIMS, nbf: SECONDS + 10 });
  await ask(later, NOW + 11_000);
  checks = 0;
  await ask(later, NOW + 12_000);
  await ask(later, NOW + 1000);
  expect(checks).toBe(1);
});

test('only so many tokens are remembered: anybody can make up identities', async () => {
  let checks = 0;
  const remembered = new RememberedTokens(async () => {
    checks += 1;
    return { identity: PARTICIPANT.publicKey, fromSeconds: SECONDS, untilSeconds: SECONDS + 300 };
  });
  const ask = (number: number) =>
    remembered.verify(`token ${number}`, { coordinatorKey: COORDINATOR.publicKey, nowMs: NOW });
  for (let number = 0; number < 10_000; number += 1) await ask(number);
  await ask(0);
  expect(checks).toBe(10_000);
  await ask(10_000);
  await ask(0);
  expect(checks).toBe(10_002);
});

const small = `01${'00'.repeat(31)}`;
const cases: [string, string, RegExp, number?][] = [
  ['stale', make(), /expired/, NOW + 331_000],
  ['from the future', make(), /from the future/, NOW - 31_000],
  ['signed by somebody else', forge(HEADER, CLAIMS, signer(7)), /does not verify/],
  ['altered', make().replace(/\.[^.]+\./, `.${json({ ...CLAIMS, exp: SECONDS + 299 })}.`), /does not verify/],
  [
    'for two coordinators',
    forge(HEADER, { ...CLAIMS, aud: [CLAIMS.aud, 'other'] }),
    /more than one audience/,
  ],
  ['without an audience', forge(HEADER, { ...CLAIMS, aud: undefined }), /no valid aud/],
  ['alg none', `${json({ ...HEADER, alg: 'none' })}.${json(CLAIMS)}.`, /not signed with EdDSA/],
  ['alg HS256', forge({ ...HEADER, alg: 'HS256' }, CLAIMS), /not signed with EdDSA/],
  ['another type', forge({ ...HEADER, typ: 'JWT' }, CLAIMS), /not a blindsum-token/],
  ['no type', forge({ alg: 'EdDSA' }, CLAIMS), /not a blindsum-token/],
  ['valid for too long', forge(HEADER, { ...CLAIMS, exp: SECONDS + 301 }), /longer than 300/],
  ['without an end', forge(HEADER, { ...CLAIMS, exp: undefined }), /no valid exp/],
  ['without a beginning', forge(HEADER, { ...CLAIMS, iat: undefined }), /no valid iat/],
  ['without an id', forge(HEADER, { ...CLAIMS, jti: undefined }), /no valid jti/],
  ['an unknown critical header', forge({ ...HEADER, crit: ['x'], x: 1 }, CLAIMS), /malformed/],
  ['an issuer that is no key', forge(HEADER, { ...CLAIMS, iss: 'alice' }), /does not name an identity/],
  ['an issuer of small order', forge(HEADER, { ...CLAIMS, iss: small }), /does not name an identity/],
  ['no JWT', 'a.b.c', /not a JWT/],
  ['empty', '', /not a JWT/],
  ['too long', `${make()}${'x'.repeat(2000)}`, /too long/],
];
test.each(cases)('refuses: %s', async (...[, token, message, nowMs]) => {
  const refusal = await refusalOf(verify(token, nowMs));
  expect(refusal.code).toBe('UNAUTHENTICATED');
  expect(refusal.message).toMatch(message);
});

test('refuses: for another coordinator, once the signature verifies', async () => {
  const claims = { ...CLAIMS, aud: tokenAudience(signer(8).publicKey) };
  const refusal = await refusalOf(verify(forge(HEADER, claims)));
  expect(refusal.code).toBe('WRONG_COORDINATOR');
  expect(refusal.message).toMatch(/coordinator with another key: check `coordinator` in the trust file/);
  expect((await refusalOf(verify(forge(HEADER, claims, signer(7))))).code).toBe('UNAUTHENTICATED');
});

test('HS256 with the public key as its secret is refused', async () => {
  const token = await new SignJWT(CLAIMS)
    .setProtectedHeader({ ...HEADER, alg: 'HS256' })
    .sign(PARTICIPANT.publicKey);
  expect((await refusalOf(verify(token))).message).toMatch(/not signed with EdDSA/);
});

test('a key inside the token does not count', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const token = await new SignJWT(CLAIMS).setProtectedHeader({ ...HEADER, jwk }).sign(privateKey);
  expect((await refusalOf(verify(token))).message).toMatch(/does not verify/);
});

test('a signed token is no protocol message', () => {
  const [header, claims, signature] = make().split('.') as [string, string, string];
  const payload = new TextEncoder().encode(`${header}.${claims}`);
  const signed = { payload, signature: new Uint8Array(Buffer.from(signature, 'base64url')) };
  expect(() => openSigned(unmaskCodec, signed, PARTICIPANT.publicKey)).toThrow(
    /not canonical CBOR|wrong label/,
  );
});

test('the token source keeps a token for half its life', async () => {
  let now = NOW;
  const source = createTokenSource({
    signer: PARTICIPANT,
    coordinatorKey: COORDINATOR.publicKey,
    nowMs: () => now,
  });
  const first = await source();
  now += 149_000;
  expect(await source()).toBe(first);
  now += 1_000;
  const second = await source();
  expect(second).not.toBe(first);
  now -= 60_000;
  expect(await source()).not.toBe(second);
});
