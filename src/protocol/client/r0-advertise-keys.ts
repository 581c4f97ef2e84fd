/**
 * r0, participant (PROTOCOL §4.1): two fresh X25519 keys, signed and bound to this opening. Reached only after the
 * opening was accepted and the own work on the input is done, so slow training is not a dropout.
 */
import { shareKeyPair, maskKeyPair } from '../../../crypto/key-agreement.js';
import { wipe } from '../../../crypto/bytes.js';
import { advertiseKeysCodec } from '../messages.js';
import { signBody, type Signed } from '../signed.js';
import { type Deps, type KeysAdvertised, type Opened, round, type Step } from './state.js';

export const advertiseKeys = round(
  (opened: Opened, nowMs: number, deps: Deps): Step<KeysAdvertised, Signed> => {
    const shareSeed = deps.random(32);
    const maskSeed = deps.random(32);
    const share = shareKeyPair(shareSeed);
    const mask = maskKeyPair(maskSeed);
    wipe(share.privateKey, mask.privateKey);
    const r0 = signBody(
      advertiseKeysCodec,
      {
        sender: deps.signer.publicKey,
        opening: opened.id,
        shareKey: share.publicKey,
        maskKey: mask.publicKey,
        nonce: deps.random(32),
      },
      deps.signer,
    );
    return {
      kind: 'step',
      state: { kind: 'keysAdvertised', opened, shareSeed, maskSeed, r0, sentAtMs: nowMs },
      send: r0,
      wipe: [],
    };
  },
);
