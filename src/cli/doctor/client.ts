/**
 * The side of participants and operators: does the coordinator answer, is it the pinned one, do clocks and versions agree.
 *
 * Nobody's identity is used. A made-up one is refused with CERTIFICATE_UNKNOWN only after its token was found good, and a
 * token is good only for the pinned coordinator and within the time that it names.
 */
import { systemRandom } from '../../../crypto/random.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import { createGrpcTransport } from '../../client/node/grpc-transport.js';
import { createTokenSource } from '../../client/node/token.js';
import { createGrpcOperator } from '../../operator/grpc-operator.js';
import { BlindsumError } from '../../protocol/errors.js';
import { signerFromSeed } from '../../protocol/signed.js';
import { TOKEN_LIFETIME_SECONDS, TOKEN_SKEW_SECONDS } from '../../rpc/token.js';
import type { Connection } from '../connection.js';
import { exposedFiles, readOperatorToken } from '../secret-file.js';
import { type Check, checked, fail, ok, warn } from './checks.js';
import { checkVersions } from './common.js';

/** Clocks may differ by this much without anybody noticing. */
const CLOCK_SECONDS = 5;
const NO_TASK = '00'.repeat(32);

export async function checkClient(connection: Connection): Promise<readonly Check[]> {
  const { tokenFile } = connection;
  const perAddress = await Promise.all(
    connection.coordinator.map(async (address) => {
      const reached = await checkCoordinator(address, connection);
      if (tokenFile === undefined || reached.some(({ status }) => status === 'fail')) return reached;
      return [...reached, ...(await checked('token', () => checkToken(address, connection, tokenFile)))];
    }),
  );
  return [
    checkVersions(),
    ok('trust', 'the trust file can be used'),
    ...exposedFiles([tokenFile]).map((warning) => warn('permissions', warning)),
    ...perAddress.flat(),
  ];
}

/** @param nowMs this machine's clock */
export async function checkCoordinator(
  address: string,
  connection: Connection,
  nowMs: () => number = Date.now,
): Promise<readonly Check[]> {
  const first = await probe(address, connection, nowMs, 0);
  const name = `coordinator ${address}`;
  if (first !== null && !isClock(first)) return [fail(name, `${first.code}: ${first.message}`)];
  const checks = [ok(name, 'answers, over TLS that is trusted, with the pinned key, and its version fits')];
  const clock = `of this machine and of ${address}`;
  const ahead = await probe(address, connection, nowMs, TOKEN_SKEW_SECONDS - CLOCK_SECONDS);
  const behind = await probe(
    address,
    connection,
    nowMs,
    CLOCK_SECONDS - TOKEN_SKEW_SECONDS - TOKEN_LIFETIME_SECONDS,
  );
  if (first !== null)
    return [...checks, fail('clock', `${clock}: too far apart, every call is refused: ${first.message}`)];
  if (ahead === null && behind === null)
    return [...checks, ok('clock', `${clock}: within ${CLOCK_SECONDS} s`)];
  const which = ahead === null ? 'behind' : 'ahead';
  return [
    ...checks,
    warn('clock', `${clock}: this one is more than ${CLOCK_SECONDS} s ${which}: set the clocks by NTP`),
  ];
}

/** Null: the token was good. */
async function probe(
  address: string,
  { trust, clientTls, insecure }: Connection,
  nowMs: () => number,
  shiftSeconds: number,
): Promise<BlindsumError | null> {
  const { seed, publicKey } = identityFromSeed(systemRandom(32));
  const transport = createGrpcTransport({
    coordinator: address,
    insecure,
    certificate: null,
    token: createTokenSource({
      signer: signerFromSeed(seed, publicKey),
      coordinatorKey: trust.anchors.coordinator,
      nowMs: () => nowMs() + shiftSeconds * 1000,
    }),
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    ...(clientTls === undefined ? {} : { clientTls }),
  });
  try {
    await transport.getTask(NO_TASK);
    return null;
  } catch (error) {
    if (!(error instanceof BlindsumError)) throw error;
    return error.code === 'CERTIFICATE_UNKNOWN' || error.code === 'UNKNOWN_TASK' ? null : error;
  } finally {
    transport.close();
  }
}

const isClock = ({ code, message }: BlindsumError): boolean =>
  code === 'UNAUTHENTICATED' && /clock/.test(message);

async function checkToken(address: string, connection: Connection, tokenFile: string): Promise<Check> {
  const { trust, clientTls, insecure } = connection;
  const operator = createGrpcOperator({
    coordinator: address,
    token: readOperatorToken(tokenFile),
    coordinatorKey: trust.anchors.coordinator,
    insecure,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    ...(clientTls === undefined ? {} : { clientTls }),
  });
  try {
    await operator.listActions({ limit: 1 });
    return ok('token', `${tokenFile} is accepted by ${address}`);
  } finally {
    operator.close();
  }
}
