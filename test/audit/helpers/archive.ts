/** An archive of transcripts in memory, as it lies before an auditor, and the deviating coordinator that made it. */
import { toHex } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { LABEL } from '../../../crypto/labels.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import { verifyTranscripts } from '../../../src/audit/index.js';
import type {
  ArchiveScope,
  Keys,
  ReceiptFile,
  TranscriptSource,
  VerifyOptions,
} from '../../../src/audit/source.js';
import type { Verdict } from '../../../src/audit/types.js';
import { decodeShareList, decodeSigned } from '../../../src/protocol/attachments.js';
import type { Codec } from '../../../src/protocol/codec.js';
import { type Dealer, dealerAt } from '../../../src/protocol/coordinator/dealers.js';
import { taskHash } from '../../../src/protocol/documents.js';
import { isBlindsumError } from '../../../src/protocol/errors.js';
import { shareEntry } from '../../../src/protocol/shares.js';
import { type Signed, signBody, signedLeaf } from '../../../src/protocol/signed.js';
import {
  abortCodec,
  openingCodec,
  openingHash,
  resultCodec,
  setCodec,
} from '../../../src/protocol/statements.js';
import type { Engine } from '../../../src/protocol/suite.js';
import { logOrigin, signCheckpoint } from '../../../src/protocol/transcript/checkpoint.js';
import { logEntryCodec } from '../../../src/protocol/transcript/log-entry.js';
import { type SessionHead, sessionHeadCodec } from '../../../src/protocol/transcript/session-head.js';
import { coordinator, organiser, packetOf, policyOf, runJob, verify } from '../../helpers/protocol.js';
import { suitesWithPlain } from '../../suites/plain/index.js';
import type { Played } from './played.js';

export interface ArchivedSession {
  readonly place: string;
  readonly head: Uint8Array;
  readonly leaves: readonly Uint8Array[];
}

export interface Archive {
  readonly scope: ArchiveScope;
  readonly keys: Keys;
  readonly checkpoint: string;
  readonly log: readonly Uint8Array[];
  readonly sessions: readonly ArchivedSession[];
  readonly receipts?: readonly ReceiptFile[];
  /** By session id, hex. */
  readonly escrow?: ReadonlyMap<string, readonly Uint8Array[]>;
}

export const KEYS: Keys = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses: [] };

const openingOfLeaves = ([, opening]: readonly Uint8Array[]): Signed => decodeSigned(opening as Uint8Array);
export const idOf = (leaves: readonly Uint8Array[]): string => toHex(openingHash(openingOfLeaves(leaves)));

export function archived(played: Played, leaves = played.leaves): ArchivedSession {
  const { setup } = played;
  const { certificate } = setup.options;
  const head = sessionHeadCodec.encode({
    electorate: [...setup.electorate],
    certificates:
      certificate === undefined || played.r1 === undefined
        ? []
        : played.r1.members.map(({ index }) => certificate(setup.parties[index] as never) as Signed),
    grants: [...(setup.options.grants ?? [])],
  });
  const { session } = openingCodec.decode(setup.opening.payload);
  const number = String(session).padStart(6, '0');
  return { place: `sessions/${number}-${idOf(leaves).slice(0, 16)}.transcript`, head, leaves };
}

export const logEntry = ({ leaves }: Pick<ArchivedSession, 'leaves'>): Uint8Array =>
  logEntryCodec.encode({
    task: taskHash(decodeSigned(leaves[0] as Uint8Array)),
    number: openingCodec.decode(openingOfLeaves(leaves).payload).session,
    session: openingHash(openingOfLeaves(leaves)),
    size: leaves.length,
    root: merkleRoot(leaves),
    closed: isOf(resultCodec, decodeSigned(leaves.at(-1) as Uint8Array)),
  });

const isOf = <T>(codec: Codec<T>, { payload }: Signed): boolean => read(codec, payload) !== null;

function read<T>(codec: Codec<T>, payload: Uint8Array): T | null {
  try {
    return codec.decode(payload);
  } catch (error) {
    if (isBlindsumError(error)) return null;
    throw error;
  }
}

export const logCheckpoint = (log: readonly Uint8Array[]): string =>
  signCheckpoint(
    { origin: logOrigin(coordinator.identity), size: log.length, root: merkleRoot(log) },
    coordinator.signer,
  );

/** As an honest coordinator would export it. */
export function archiveOf(sessions: readonly ArchivedSession[], more: Partial<Archive> = {}): Archive {
  const log = sessions.map(logEntry);
  return { scope: { kind: 'all' }, keys: KEYS, checkpoint: logCheckpoint(log), log, sessions, ...more };
}

export const archiveOfPlayed = (played: readonly Played[], more: Partial<Archive> = {}): Archive =>
  archiveOf(
    played.map((one) => archived(one)),
    more,
  );

/** What an honest coordinator keeps to replay a session. */
export function escrowOf({ setup, r2, r3, r4, answered }: Required<Played>): Uint8Array[] {
  const entriesOf = (position: number): Uint8Array[] => {
    const dealer = dealerAt(r2.dealers, position);
    return (dealer?.holders ?? []).map((holder) => shareEntry(packetOf(dealer as Dealer, holder)));
  };
  const of = (label: string, ...fields: Parameters<typeof encodeCanonical>[0][]) =>
    encodeCanonical([label, ...fields]);
  const members = r3.frozen.u3?.members ?? [];
  return [
    of(LABEL.escrow, openingHash(setup.opening)),
    ...(r2.frozen.u2?.members ?? []).map((position) =>
      of('dealer', position, Buffer.concat(entriesOf(position)).subarray()),
    ),
    ...r2.members
      .filter(({ position }) => members.includes(position))
      .flatMap(({ position, send }) => {
        const { bytes } = send.upload;
        const middle = Math.ceil(bytes.length / 2);
        return [
          of('upload', position, 0, bytes.slice(0, middle)),
          ...(middle < bytes.length ? [of('upload', position, middle, bytes.slice(middle))] : []),
        ];
      }),
    ...r4.members
      .filter(({ position }) => answered.includes(position))
      .map(({ position, record }) =>
        of('shares', position, decodeShareList(record.attachment as Uint8Array)),
      ),
  ];
}

/** Signs every statement of the coordinator again, over the records as they are now. */
export function resigned(records: readonly Signed[]): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (const signed of records) {
    leaves.push(signedLeaf(restated(signed, { size: leaves.length, root: merkleRoot(leaves) })));
  }
  return leaves;
}

function restated(signed: Signed, tree: { size: number; root: Uint8Array }): Signed {
  // What somebody else signed is left as it is.
  if (!verify(coordinator.identity, signed.payload, signed.signature)) return signed;
  for (const codec of [setCodec, resultCodec, abortCodec] as const) {
    const body = read<{ size: number; root: Uint8Array }>(codec, signed.payload);
    if (body !== null) return signBody(codec as Codec<typeof body>, { ...body, ...tree }, coordinator.signer);
  }
  return signed;
}

/** The transcript that a coordinator signs that puts in order whatever it likes. */
export const forged = (played: Played, edit: (records: Signed[]) => readonly Signed[]): ArchivedSession =>
  archived(played, resigned(edit(played.leaves.map(decodeSigned))));

export const withHead = (session: ArchivedSession, changes: Partial<SessionHead>): ArchivedSession => ({
  ...session,
  head: sessionHeadCodec.encode({ ...sessionHeadCodec.decode(session.head), ...changes }),
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

export const sourceOf = ({
  scope,
  keys,
  checkpoint,
  log,
  sessions,
  receipts,
  escrow,
}: Archive): TranscriptSource => ({
  scope,
  keys,
  checkpoint,
  log: each(log),
  sessions: each(sessions.map(({ place, head, leaves }) => ({ place, head, leaves: each(leaves) }))),
  ...(receipts === undefined ? {} : { receipts: each(receipts) }),
  ...(escrow === undefined
    ? {}
    : {
        escrow: (session: string) => {
          const items = escrow.get(session);
          return items === undefined ? null : each(items);
        },
      }),
});

/** Both suites. */
export const engine: Engine = {
  run: (job) => Promise.resolve(runJob(job)),
  close: () => Promise.resolve(),
  lacks: () => Promise.resolve(null),
};

export const audit = (archive: Archive, options: Partial<VerifyOptions> = {}): Promise<Verdict> =>
  verifyTranscripts(sourceOf(archive), {
    anchors: KEYS,
    policy: policyOf(),
    suite: suitesWithPlain,
    verify,
    ...options,
  });
