/**
 * The session files as a stranger would use them: from the secrets in a file every message of every participant is made
 * again with nothing but PROTOCOL.md (outsider.ts), and has the bytes of the file; statements, trees and the sum likewise.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as c from '../../../crypto/index.js';
import * as outsider from './outsider.js';

interface Message {
  readonly payload: string;
  readonly signature: string;
}
interface SetMessage extends Message {
  readonly members: number[];
  readonly hash: string;
}
interface File {
  readonly organiser: { seed: string; publicKey: string };
  readonly coordinator: { seed: string; publicKey: string };
  readonly task: Message & { id: string; layout: outsider.Layout[]; fields: { [index: number]: unknown } };
  readonly opening: Message & { id: string; electorate: string; input: string | null };
  readonly participants: (Record<string, string> & {
    maskKeyCoefficients: string[];
    selfMaskCoefficients: string[];
    input: number[][];
    certificate: (Message & { hash: string }) | null;
  })[];
  readonly r0: (Message & { participant: number; hash: string; shareKey: string; maskKey: string })[];
  readonly u1: SetMessage & {
    roster: { identity: string; entry: string }[];
    rosterRoot: string;
    parameters: { q: number; t: number };
    ctx: string;
  };
  readonly r1: (Message & {
    position: number;
    garbled: number[];
    shareRoot: string;
    packets: { ciphertext: string; leaves: string[]; proof: string[]; entry: string }[];
  })[];
  readonly u2: SetMessage;
  readonly r2: (Message & {
    position: number;
    complaints: { dealer: string; ciphertext: string }[];
    vectors: { digest: string; masked: number[] }[];
    upload: string;
  })[];
  readonly answers: (Message & { dealer: number; holder: number; shares: string[] })[];
  readonly u3: SetMessage & { uploads: { root: string } };
  readonly r3: (Message & { position: number })[];
  readonly r4: (Message & { position: number; kinds: string; shares: string[] })[];
  readonly result: Message & { aggregate: string; integers: number[][]; survivors: number };
  readonly tree: { leaves: string[]; size: number; root: string };
}

const at = <T>(items: readonly T[], index: number): T => items[index] as T;
const un = c.fromHex;
const signed = ({ payload, signature }: Message): outsider.SignedBytes => ({
  payload: un(payload),
  signature: un(signature),
});
const hex = ({ payload, signature }: outsider.SignedBytes): Message => ({
  payload: c.toHex(payload),
  signature: c.toHex(signature),
});

const names = ['complete', 'dropouts', 'complaint', 'weighted', 'grant'].map(
  (name) => `session-${name}.json`,
);

describe.each(names)('%s', (name) => {
  const file = JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8')) as File;
  const { u1, u2, u3 } = file;
  const size = u1.roster.length;
  const everybody = Array.from({ length: size }, (_, position) => position);

  const secrets = file.r0.map(({ participant }): outsider.Secrets => {
    const given = at(file.participants, participant);
    return {
      identitySeed: un(given['identitySeed'] as string),
      shareKeySeed: un(given['shareKeySeed'] as string),
      maskKeySeed: un(given['maskKeySeed'] as string),
      r0Nonce: un(given['r0Nonce'] as string),
      selfMaskSeed: un(given['selfMaskSeed'] as string),
      maskKeyCoefficients: given.maskKeyCoefficients.map(un),
      selfMaskCoefficients: given.selfMaskCoefficients.map(un),
      input: given.input,
    };
  });
  const shared: outsider.Shared = {
    ctx: outsider.H('context', un(file.opening.id), un(u1.rosterRoot), u1.parameters),
    rosterRoot: un(u1.rosterRoot),
    roster: file.r0.map(({ shareKey, maskKey }, position) => ({
      identity: un(at(u1.roster, position).identity),
      shareKey: un(shareKey),
      maskKey: un(maskKey),
    })),
    threshold: u1.parameters.t,
    layout: file.task.layout,
  };
  const hashes = { u1: un(u1.hash), u2: un(u2.hash), u3: un(u3.hash) };

  test('ids, roster, context and sets', () => {
    expect(c.toHex(outsider.H('task', un(file.task.payload)))).toBe(file.task.id);
    expect(c.toHex(outsider.H('opening', un(file.opening.payload)))).toBe(file.opening.id);
    const electorate = file.participants.map(({ identity }) => un(identity as string));
    expect(c.toHex(outsider.H('electorate', electorate))).toBe(file.opening.electorate);
    const entries = file.r0.map((r0, position) => {
      const { certificate } = at(file.participants, r0.participant);
      expect(c.toHex(outsider.signedHash(signed(r0)))).toBe(r0.hash);
      const { identity } = at(shared.roster, position);
      return outsider.rosterEntry(identity, certificate === null ? null : signed(certificate), signed(r0));
    });
    expect(entries.map(c.toHex)).toEqual(u1.roster.map(({ entry }) => entry));
    expect(c.toHex(c.merkleRoot(entries))).toBe(u1.rosterRoot);
    expect(c.toHex(shared.ctx)).toBe(u1.ctx);
    expect(u1.members).toEqual(everybody);
    [u1, u2, u3].forEach(({ members, hash }, index) =>
      expect(c.toHex(outsider.setHash(shared.ctx, index + 1, members, size))).toBe(hash),
    );
  });

  test('r0, r1 and every packet', () => {
    file.r0.forEach((r0, position) =>
      expect(hex(outsider.advertiseKeys(at(secrets, position), un(file.opening.id)))).toEqual({
        payload: r0.payload,
        signature: r0.signature,
      }),
    );
    for (const { position, garbled, shareRoot, packets, payload, signature } of file.r1) {
      const dealt = outsider.shareKeys(at(secrets, position), shared, position, garbled);
      expect(hex(dealt.message)).toEqual({ payload, signature });
      dealt.packets.forEach(({ ciphertext, leaves, entry }, recipient) => {
        const packet = at(packets, recipient);
        expect(packet).toMatchObject({ ciphertext: c.toHex(ciphertext), leaves: leaves.map(c.toHex) });
        const claim = { entry, index: recipient, size, proof: packet.proof.map(un), root: un(shareRoot) };
        expect(c.verifyInclusion(claim)).toBe(true);
      });
    }
  });

  test('r2 and its upload, answers', () => {
    expect(file.r2.map(({ position }) => position)).toEqual(u3.members);
    for (const { position, complaints, upload, payload, signature } of file.r2) {
      const vectors = outsider.maskInput(at(secrets, position), shared, position, u2.members);
      expect(c.toHex(c.concatBytes(...vectors.map(({ packed }) => packed)))).toBe(upload);
      const named = complaints.map(({ dealer, ciphertext }) => ({
        dealer: un(dealer),
        ciphertext: un(ciphertext),
      }));
      const garbledFor = file.r1.filter(({ garbled }) => garbled.includes(position));
      expect(complaints).toEqual(
        garbledFor.map(({ position: dealer, packets }) => ({
          dealer: at(u1.roster, dealer).identity,
          ciphertext: c.toHex(c.sha256(un(at(packets, position).ciphertext))),
        })),
      );
      expect(hex(outsider.header(at(secrets, position), shared, hashes, vectors, named))).toEqual({
        payload,
        signature,
      });
    }
    for (const { dealer, holder, shares, payload, signature } of file.answers) {
      const { packets } = outsider.shareKeys(at(secrets, dealer), shared, dealer);
      expect(at(packets, holder).shares.map((share) => c.toHex(share as Uint8Array))).toEqual(shares);
      const { identity } = at(shared.roster, holder);
      const answer = outsider.answer(at(secrets, dealer), shared, identity, shares.map(un));
      expect(hex(answer)).toEqual({ payload, signature });
    }
  });

  test('r3 and r4', () => {
    const uploads = c.merkleRoot(
      file.r2.map(({ position, vectors }) =>
        outsider.uploadEntry(
          at(shared.roster, position).identity,
          vectors.map(({ digest }) => un(digest)),
        ),
      ),
    );
    expect(c.toHex(uploads)).toBe(u3.uploads.root);
    expect(file.r3.length).toBeGreaterThanOrEqual(u1.parameters.q);
    for (const { position, payload, signature } of file.r3) {
      expect(hex(outsider.consistency(at(secrets, position), shared, hashes, uploads))).toEqual({
        payload,
        signature,
      });
    }
    for (const { position, kinds, shares, payload, signature } of file.r4) {
      const given = revealed(position);
      expect(kinds).toBe(c.toHex(Uint8Array.from(given, ([kind]) => kind)));
      expect(shares).toEqual(given.flatMap(([, share]) => (share === null ? [] : [c.toHex(share)])));
      const r4 = outsider.unmask(at(secrets, position), shared, hashes, un(kinds), shares.map(un));
      expect(hex(r4)).toEqual({ payload, signature });
    }
  });

  /** PROTOCOL §4.6: one entry for each of U2, the helper among them. */
  function revealed(helper: number): (readonly [number, Uint8Array | null])[] {
    return u2.members.map((dealer) => {
      const { garbled } = file.r1.find(({ position }) => position === dealer) as File['r1'][number];
      const isAnswered = file.answers.some((one) => one.dealer === dealer && one.holder === helper);
      if (garbled.includes(helper) && !isAnswered) return [3, null];
      const { packets } = outsider.shareKeys(at(secrets, dealer), shared, dealer);
      const [maskKey, selfMask] = at(packets, helper).shares;
      return u3.members.includes(dealer) ? [1, selfMask as Uint8Array] : [2, maskKey as Uint8Array];
    });
  }

  test('the sum of the inputs of U3, also from the uploads and the revealed shares', () => {
    const { integers, aggregate, survivors } = file.result;
    expect(survivors).toBe(u3.members.length);
    const packed = file.task.layout.map(({ length, bits }, vector) => {
      const sums = Uint32Array.from({ length }, (_, i) => {
        const total = u3.members.reduce(
          (sum, position) => sum + BigInt(at(at(at(secrets, position).input, vector), i)),
          0n,
        );
        return Number(BigInt.asUintN(bits, total));
      });
      expect([...sums]).toEqual(integers[vector]);
      expect(unmasked(vector)).toEqual(integers[vector]);
      return c.packBits(sums, bits);
    });
    expect(c.toHex(c.concatBytes(...packed))).toBe(aggregate);
  });

  /** What the coordinator does, with secrets that it reconstructs from r4 alone. */
  function unmasked(vector: number): number[] {
    const { length, bits } = at(file.task.layout, vector);
    const seeds = new Map(u2.members.map((dealer) => [dealer, reconstructed(dealer)] as const));
    const asRevealed = (position: number): outsider.Secrets => ({
      ...at(secrets, position),
      selfMaskSeed: seeds.get(position) as Uint8Array,
      input: file.task.layout.map((each) => Array.from({ length: each.length }, () => 0)),
    });
    return Array.from({ length }, (_, i) => {
      let total = 0n;
      for (const { position, vectors } of file.r2) {
        total += BigInt(at(at(vectors, vector).masked, i));
        const { streams } = at(
          outsider.maskInput(asRevealed(position), shared, position, u2.members),
          vector,
        );
        for (const { with: peer, sign, words } of streams) {
          if (peer === 'self' || !u3.members.includes(peer))
            total -= BigInt(sign) * BigInt(at([...words], i));
        }
      }
      return Number(BigInt.asUintN(bits, total));
    });
  }

  function reconstructed(dealer: number): Uint8Array {
    const shares = file.r4.flatMap(({ position, kinds, shares: given }) => {
      const at2 = u2.members.indexOf(dealer);
      if (un(kinds)[at2] === 3) return [];
      const before = [...un(kinds).subarray(0, at2)].filter((kind) => kind !== 3).length;
      return [{ point: position + 1, share: un(at(given, before)) }];
    });
    const secret = c.reconstructSecret({ shares, threshold: u1.parameters.t });
    const { selfMaskSeed, maskKeySeed } = at(secrets, dealer);
    expect(c.toHex(secret)).toBe(c.toHex(u3.members.includes(dealer) ? selfMaskSeed : maskKeySeed));
    return secret;
  }

  test('statements, their trees and all signatures', () => {
    const coordinator = un(file.coordinator.publicKey);
    const organiser = un(file.organiser.publicKey);
    const leaves: Uint8Array[] = [];
    const add = (message: Message, publicKey: Uint8Array): void => {
      expect(c.verifySignature(publicKey, un(message.payload), un(message.signature))).toBe(true);
      leaves.push(outsider.leafBytes(signed(message)));
    };
    const from = ({ position }: { position: number }) => at(shared.roster, position).identity;
    const stated = (message: Message, sizeField: number): void => {
      const fields = c.decodeCanonical(un(message.payload)) as c.CborValue[];
      expect(fields[sizeField]).toBe(leaves.length);
      expect(fields[sizeField + 1]).toEqual(c.merkleRoot(leaves));
      add(message, coordinator);
    };
    add(file.task, organiser);
    add(file.opening, coordinator);
    file.r0.forEach((message, position) => add(message, from({ position })));
    stated(u1, 4);
    for (const message of file.r1) add(message, from(message));
    stated(u2, 4);
    for (const message of file.r2) add(message, from(message));
    for (const message of file.answers) add(message, from({ position: message.dealer }));
    stated(u3, 4);
    for (const message of [...file.r3, ...file.r4]) add(message, from(message));
    stated(file.result, 5);
    expect(leaves.map((leaf) => c.toHex(c.sha256(Uint8Array.of(0), leaf)))).toEqual(file.tree.leaves);
    expect(file.tree).toMatchObject({ size: leaves.length, root: c.toHex(c.merkleRoot(leaves)) });
  });
});
