// Many participants in one process, from dist/, each with its own connection. Told by IPC what to do; says when all
// wait for their sessions, then what became of each.
/* global AbortController */
import { createNodeEngine } from '../../../dist/crypto/engine/node.js';
import { createMemoryJournal } from '../../../dist/src/client/index.js';
import { connect, loadTrust } from '../../../dist/src/client/node/index.js';

process.on('disconnect', () => process.exit(0));
process.once('message', async ({ coordinator, trust: path, participants }) => {
  const trust = loadTrust(path);
  const engine = createNodeEngine();
  let waiting = 0;
  const one = async ({ seed, task, x, leavesAfter }) => {
    const left = new AbortController();
    const client = await connect({
      coordinator,
      trust,
      engine,
      identity: Uint8Array.from(Buffer.from(seed, 'hex')),
      journal: createMemoryJournal(),
      transport: { timeoutMs: 120_000 },
    });
    const onProgress = (event) => {
      if (event.type === 'waiting' && ++waiting === participants.length) process.send({ waiting });
      if (event.type === 'round' && event.round === leavesAfter) left.abort();
    };
    try {
      const { sum, survivors } = await client.contribute({
        ...{ task, vectors: { x }, onProgress, signal: left.signal },
      });
      return { sum: [...sum.x], survivors };
    } catch (error) {
      return { code: error.code ?? String(error) };
    } finally {
      await client.close();
    }
  };
  const results = await Promise.all(participants.map(one));
  await engine.close();
  process.send({ results }, () => process.disconnect());
});
