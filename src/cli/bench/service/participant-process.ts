/** One participant of a benchmark, a process of its own: client library, journal on disk, connection over TLS. */
import { createNodeEngine } from '../../../../crypto/engine/node.js';
import { createClient } from '../../../client/index.js';
import { openFileJournal } from '../../../client/node/file-journal.js';
import { linkToParent } from '../../demo/parent-link.js';
import { connectAs } from './connect-as.js';
import type { FromParticipant, ToParticipant } from './participant-messages.js';
import { exactness, scene } from './scene.js';
import { usageNow } from './usage.js';

const link = linkToParent<ToParticipant, FromParticipant>();
link.onMessage(async ({ seed, participants, length, index, journal, address, ca, task }) => {
  const { inputs, setup } = scene({ seed, participants, length });
  const { signer } = setup.participants[index] as (typeof setup.participants)[number];
  const transport = connectAs(signer, { address, ca, coordinatorKey: setup.coordinator.signer.publicKey });
  const client = createClient({
    ...{ transport, trust: setup.trustFor(), identity: signer, certificate: null },
    journal: openFileJournal(journal, signer.publicKey),
    engine: createNodeEngine(),
  });
  const { sum } = await client.contribute({ task, vectors: () => inputs.of(index) });
  const usage = usageNow();
  link.send({ type: 'ended', usage, sumExact: exactness(inputs, participants)(sum) });
});
