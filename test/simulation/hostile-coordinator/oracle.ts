/**
 * Judges a play by algebra (PROTOCOL §1: nothing but the sum over U3). Every mask is a formal variable: two uploads have
 * the same one where their engine was given the same key and nonce. The combinations of uploads in which all masks that
 * the adversary does not know cancel are what it can compute; of the inputs they may contain nothing but sums over the
 * honest members of sets that a quorum signed. Those sums are over enough inputs, and within a scope over equal or
 * disjoint sets, unless a grant excepts the two. In `ckks/sumkey` keys take the place of masks (`key-shares.ts`).
 */
import { toHex } from '../../../crypto/bytes.js';
import { consistencyCodec, maskedInputCodec } from '../../../src/protocol/messages.js';
import { neededSurvivors } from '../../../src/protocol/parameters.js';
import { keysKnownTo } from './key-shares.js';
import { type Knowledge, knowledgeOf } from './knowledge.js';
import { basis, createColumns, eliminated, isSpanned, type Row, rowOf, signedValue } from './linear.js';
import type { Upload } from './clients.js';
import type { Observed } from './play.js';
import { everyone } from './world.js';

export type Finding =
  /** A combination of inputs that no opened sum contains. */
  | 'derivable'
  /** Two opened sums of a scope over sets that are neither equal nor disjoint. */
  | 'overlap'
  /** A sum over fewer honest inputs than the organiser's numbers promise. */
  | 'too few'
  /** Something of keys that is not of their sum over a set that a quorum signed. */
  | 'key words'
  /** Both secrets of one participant. */
  | 'both secrets'
  /** A participant sent two different messages of one round. */
  | 'two faces';

/** A set that enough signed, and whether its sum can be computed. */
export interface SignedSet {
  /** Of the session, in hex. */
  readonly ctx: string;
  readonly scope: string;
  /** Participants, colluders among them. */
  readonly members: readonly number[];
  readonly honest: readonly number[];
  readonly floor: number;
  readonly line: readonly string[];
  readonly session: number;
}

/** Whole numbers by which uploads are multiplied so that every mask in their sum cancels or is known. */
export type Combination = readonly { readonly upload: Upload; readonly factor: number }[];

export interface Judgement {
  readonly findings: readonly Finding[];
  /** Sets whose sums the adversary can compute. */
  readonly opened: readonly SignedSet[];
  /** Dimension of what it can compute of the inputs. */
  readonly dimension: number;
  readonly combinations: readonly Combination[];
  readonly knowledge: Knowledge;
  /** In `ckks/sumkey`, the sum of keys of each combination. */
  readonly keys: ReadonlyMap<Combination, Uint8Array>;
}

const inputName = ({ participant, input }: Upload): string => `${participant}: ${input.join()}`;

/** What the adversary can make of the uploads, by suite. */
type Learned = Pick<Judgement, 'combinations' | 'knowledge' | 'keys'> & { readonly hasMore: boolean };

function learnedFrom(observed: Observed, signed: readonly SignedSet[]): Learned {
  if (observed.world.play.suite === 'ckks/sumkey')
    return { ...keysKnownTo(observed, signed), knowledge: { streams: new Map(), exposed: [] } };
  const { uploads } = observed;
  const knowledge = knowledgeOf(observed);
  const masks = createColumns();
  const unknown = uploads.map(({ streams }) => streams.filter(({ id }) => !knowledge.streams.has(id)));
  for (const { id } of unknown.flat()) masks.of(id);
  // Unknown masks, and beside them which uploads were combined.
  const rows = unknown.map((streams, at) =>
    rowOf(masks.size + uploads.length, [
      ...streams.map(({ id, sign }) => [masks.of(id), sign] as const),
      [masks.size + at, 1] as const,
    ]),
  );
  const combinations = eliminated(rows, masks.size).map((row): Combination =>
    uploads.flatMap((upload, at) => {
      const factor = signedValue(row[masks.size + at] as number);
      return factor === 0 ? [] : [{ upload, factor }];
    }),
  );
  return { combinations, knowledge, keys: new Map(), hasMore: false };
}

export function judge(observed: Observed): Judgement {
  const { uploads } = observed;
  const signed = signedSets(observed);
  const { combinations, knowledge, keys, hasMore } = learnedFrom(observed, signed);
  const inputs = createColumns();
  const columns = uploads.map((upload) => inputs.of(inputName(upload)));
  const derivable = basis(
    combinations.map((terms) =>
      rowOf(
        inputs.size,
        terms.map(({ upload, factor }) => [columns[uploads.indexOf(upload)] as number, factor] as const),
      ),
    ),
  );
  const lineOf = ({ line }: SignedSet): Row =>
    rowOf(
      inputs.size,
      line.map((name) => [inputs.of(name), 1] as const),
    );
  const opened = signed.filter((set) => isSpanned(lineOf(set), derivable));
  const lines = basis(signed.map(lineOf));
  const findings: Finding[] = [];
  if (!derivable.every((row) => isSpanned(row, lines))) findings.push('derivable');
  if (!opened.every((one) => opened.every((other) => areCompatible(observed, one, other))))
    findings.push('overlap');
  if (opened.some(({ honest, floor }) => honest.length < floor)) findings.push('too few');
  if (hasMore) findings.push('key words');
  if (knowledge.exposed.length > 0) findings.push('both secrets');
  if (hasTwoFaces(observed)) findings.push('two faces');
  return { findings, opened, dimension: derivable.length, combinations, knowledge, keys };
}

/** Sets over which a quorum signed r3, counting every colluder in them, each with its sum over honest uploads. */
function signedSets(observed: Observed): SignedSet[] {
  const { world, contexts, sets } = observed;
  const found = new Map<string, { signers: Set<number>; u3: string; ctx: string; session: number }>();
  for (const { session, seat } of observed.seats) {
    for (const r3 of seat.sent.r3) {
      const { ctx, u1, u2, u3, uploads } = consistencyCodec.decode(r3.payload);
      const key = [ctx, u1, u2, u3, uploads].map(toHex).join();
      const entry = found.get(key) ?? { signers: new Set(), u3: toHex(u3), ctx: toHex(ctx), session };
      entry.signers.add(seat.participant);
      found.set(key, entry);
    }
  }
  return [...found.values()].flatMap(({ signers, u3, ctx, session }): SignedSet[] => {
    const { opening, roster } = contexts.get(ctx) as NonNullable<ReturnType<typeof contexts.get>>;
    const members = (sets.get(u3) as readonly number[]).map((position) => roster[position] as number);
    const honest = members.filter(world.isHonest);
    const count = signers.size + members.length - honest.length;
    if (count < opening.quorum) return [];
    const floor = neededSurvivors(world.task, opening.electorate.length) - world.play.colluders.length;
    const line = honest.map((index) => inputIn(observed, ctx, index)).filter((name) => name !== null);
    // Signed, by broken clients, for members that uploaded nothing: there is no such sum.
    if (line.length < honest.length) return [];
    return [{ ctx, scope: opening.scope, members, honest, floor, line, session }];
  });
}

/** The input that a participant uploaded in a session; null for none. */
function inputIn(observed: Observed, ctx: string, participant: number): string | null {
  const digests = observed.seats
    .filter(({ seat }) => seat.participant === participant)
    .flatMap(({ seat }) => seat.sent.headers)
    .map((header) => maskedInputCodec.decode(header.payload))
    .filter((body) => toHex(body.ctx) === ctx)
    .map((body) => toHex(body.digests[0] as Uint8Array));
  const upload = observed.uploads.find(
    (one) => one.participant === participant && digests.includes(one.digest),
  );
  return upload === undefined ? null : inputName(upload);
}

function areCompatible(observed: Observed, one: SignedSet, other: SignedSet): boolean {
  if (one.scope !== other.scope) return true;
  const isEqual = one.honest.join() === other.honest.join();
  const isDisjoint = !one.honest.some((index) => other.honest.includes(index));
  return isEqual || isDisjoint || isGranted(observed, one, other);
}

function isGranted({ world }: Observed, one: SignedSet, other: SignedSet): boolean {
  const { grant, size, sessions } = world.play;
  const isNamed = [one, other].some(({ session }) => sessions[session]?.granted === true);
  if (grant === null || !isNamed) return false;
  const sets = [grant.from, grant.to].map((missing) =>
    everyone(size)
      .filter((index) => !missing.includes(index))
      .join(),
  );
  return sets.includes(one.members.join()) && sets.includes(other.members.join());
}

/** What nobody does who keeps a journal: the algebra would not always notice one who does. */
function hasTwoFaces({ seats }: Observed): boolean {
  return seats.some(({ seat: { sent } }) =>
    [sent.headers, sent.r3, sent.r4.map(({ r4 }) => r4)].some(
      (messages) => new Set(messages.map(({ payload }) => toHex(payload))).size > 1,
    ),
  );
}
