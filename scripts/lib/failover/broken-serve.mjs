/**
 * A coordinator with a fault in its store, to see that scripts/failover finds it. When it runs for the first time it waits
 * where the fault shows until it is killed there. Not part of the package.
 *
 *   ack-before-commit   an upload is acknowledged some time before it is committed
 *   no-dedup            an upload that comes again is folded again
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { identityFromSeed } from '../../../dist/crypto/index.js';
import { createNodeEngine } from '../../../dist/crypto/engine/node.js';
import { openStore } from '../../../dist/src/cli/store/open.js';
import { loadConfig } from '../../../dist/src/cli/serve-config/index.js';
import { readTls } from '../../../dist/src/cli/serve/tls-files.js';
import { readTokens } from '../../../dist/src/cli/serve/token-files.js';
import { signerFromSeed } from '../../../dist/src/client/node/index.js';
import { createCoordinator, createGrpcServer, systemClock } from '../../../dist/src/coordinator/index.js';

/** Longer than a kill lets wait for itself. */
const WINDOW_MS = 120_000;

const { values: flags } = parseArgs({
  options: {
    dev: { type: 'string' },
    listen: { type: 'string' },
    store: { type: 'string' },
    break: { type: 'string' },
    json: { type: 'boolean' },
  },
});

const logger = pino({ level: 'info' }, pino.destination(2));
const ran = join(dirname(flags.dev), 'ran');
const isFirst = !existsSync(ran);

const untilKilled = () => (isFirst ? sleep(WINDOW_MS) : undefined);

async function commitLater(store, input) {
  await untilKilled();
  await store.commitInput(...input);
}

const faults = {
  'ack-before-commit': (store) => ({
    async commitInput(...input) {
      void commitLater(store, input).catch(() => undefined);
      return 'stored';
    },
  }),
  'no-dedup': (store) => {
    const again = join(dirname(flags.dev), 'folded-again.jsonl');
    const answered = join(dirname(flags.dev), 'answered.jsonl');
    const linesOf = (file) =>
      (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []).map((line) =>
        JSON.parse(line),
      );
    const foldedAgain = (sessionId) =>
      linesOf(again)
        .filter((line) => line.sessionId === sessionId)
        .map(({ upload }) => Buffer.from(upload, 'base64'));
    return {
      async commitInput(sessionId, input, sums) {
        const outcome = await store.commitInput(sessionId, input, sums);
        if (outcome === 'same') {
          const upload = Buffer.from(input.upload).toString('base64');
          appendFileSync(again, `${JSON.stringify({ sessionId, upload })}\n`);
        }
        if (isFirst) logger.info('folded, not answered');
        await untilKilled();
        appendFileSync(answered, `${JSON.stringify(`${sessionId} ${input.sender}`)}\n`);
        return outcome;
      },
      /** Whose upload comes again is not known to have come. */
      hasInput: async () => false,
      /** The round waits for all who were not answered and will come again. */
      async readInputs(sessionId) {
        const known = new Set(linesOf(answered));
        return (await store.readInputs(sessionId)).filter((sender) => known.has(`${sessionId} ${sender}`));
      },
      async readSum(sessionId, sums) {
        const sum = await store.readSum(sessionId, sums);
        for (const upload of foldedAgain(sessionId)) sums.fold(sum, upload);
        return sum;
      },
    };
  },
};

function breakStore(store) {
  const fault = faults[flags.break](store);
  return new Proxy(store, {
    get(target, name) {
      const member = fault[name] ?? target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const config = await loadConfig(flags);
const operatorTokens = readTokens(config.operatorTokens);
const identity = identityFromSeed(config.coordinatorSeed);
const coordinator = createCoordinator({
  store: breakStore(await openStore(config.store)),
  engine: createNodeEngine(),
  logger,
  clock: systemClock,
  signer: signerFromSeed(identity.seed, identity.publicKey),
  organiser: config.organiser,
});
await coordinator.start();
const server = await createGrpcServer({
  participant: (caller) => coordinator.participant(caller),
  operator: (name) => coordinator.operatorAs(name),
  auth: {
    coordinatorKey: identity.publicKey,
    operatorTokens: () => operatorTokens,
    authorize: ({ identity: caller, certificate }) => coordinator.authorize(caller, certificate),
  },
  listen: config.listen,
  tls: readTls(config.tls),
});
writeFileSync(ran, '');
process.stdout.write(`${JSON.stringify({ listening: server.port })}\n`);
