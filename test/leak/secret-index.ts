/** Every secret of a recorded session, in every spelling in which something written could hold it. */
import { utf8 } from '../../crypto/bytes.js';
import { DRAW, type Recorded } from './recorded-session.js';
import { numberForms, textForms, vectorForms } from './representations.js';
import { WindowIndex } from './window-index.js';

export function secretIndex(session: Recorded): WindowIndex {
  const index = new WindowIndex();
  const add = (label: string, secret: Uint8Array): void => {
    for (const { bytes } of textForms(secret)) index.add(label, bytes);
  };
  for (const { label, bytes } of [...session.privateKeys, ...session.maskSecrets]) add(label, bytes);
  for (const { dealer, kind, share } of session.shares) add(`${kind} share of ${dealer}`, share);
  session.draws.forEach((drawn, participant) => {
    drawn
      .filter((_, number) => number !== DRAW.nonce)
      .forEach((bytes, number) => add(`draw ${number} of ${participant}`, bytes));
  });
  session.vectors.forEach((vector, participant) => {
    const forms = [...vectorForms(vector, 24), ...numberForms(session.values[participant] ?? [])];
    for (const { bytes } of forms) add(`vector of ${participant}`, bytes);
    index.add(`vector of ${participant}`, utf8([...vector].join(',')));
    index.add(`values of ${participant}`, utf8(Array.from(session.values[participant] ?? []).join(',')));
  });
  return index;
}
