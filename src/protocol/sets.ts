/**
 * Sets of participants (PROTOCOL §3): strictly increasing roster positions, sent as a bitmap. The hash is of the set,
 * not of the statement, so two statements of the same set compare equal.
 */
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { bisect } from './bisect.js';
import { refuse } from './errors.js';

/** Strictly increasing roster positions, 0-based. */
export type Members = readonly number[];

export interface MemberSet {
  readonly members: Members;
  /** H(U_i), 32 bytes. */
  readonly hash: Uint8Array;
}

export function memberSet(ctx: Uint8Array, set: 1 | 2 | 3, members: Members, rosterSize: number): MemberSet {
  return { members, hash: hashTuple(LABEL.set, ctx, set, toBitmap(members, rosterSize)) };
}

export function toBitmap(members: Members, rosterSize: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(rosterSize / 8));
  for (const position of members) {
    if (position < 0 || position >= rosterSize) throw new RangeError('members: position outside the roster');
    bitmap[position >> 3] = (bitmap[position >> 3] as number) | (1 << (position & 7));
  }
  return bitmap;
}

/** @throws BlindsumError BAD_SET for a wrong length or bits beyond the roster */
export function fromBitmap(bitmap: Uint8Array, rosterSize: number): number[] {
  if (bitmap.length !== Math.ceil(rosterSize / 8)) refuse('BAD_SET', 'peer', 'the set has the wrong length'); // check: B4
  const members: number[] = [];
  for (let position = 0; position < bitmap.length * 8; position += 1) {
    if (((bitmap[position >> 3] as number) >> (position & 7)) % 2 === 0) continue;
    if (position >= rosterSize) refuse('BAD_SET', 'peer', 'the set names a position outside the roster'); // check: B4
    members.push(position);
  }
  return members;
}

/** Index of `position` among `members`; -1: it is not one of them. */
export const rankOf = (members: Members, position: number): number =>
  bisect(members.length, (index) => position - (members[index] as number));

export const isMember = (members: Members, position: number): boolean => rankOf(members, position) >= 0;

export const isSubset = (subset: Members, of: Members): boolean =>
  subset.every((position) => isMember(of, position));

/** @param neighbours increasing, without `self` */
export function withSelf(neighbours: Members, self: number): Members {
  const after = neighbours.findIndex((position) => position > self);
  return after < 0
    ? [...neighbours, self]
    : [...neighbours.slice(0, after), self, ...neighbours.slice(after)];
}
