/** Runs an audit from the flags that `audit verify` and `audit report` share. */
import { stat } from 'node:fs/promises';
import { openArchive, type Verdict, verifyArchive, verifyTranscripts } from '../../audit/index.js';
import type { TranscriptSource, VerifyOptions } from '../../audit/source.js';
import type { Trust } from '../../client/index.js';
import { BlindsumError, isBlindsumError, refuse } from '../../protocol/errors.js';
import { beaconExtension } from '../../protocol/beacon.js';
import { type Policy, policySchema } from '../../protocol/policy.js';
import { describeIssue } from '../../protocol/schema-issue.js';
import { type ConnectionFlags, withOperator } from '../connection.js';
import { usage } from '../errors.js';
import { onInterrupt } from '../interrupt.js';
import { createProgress, type Output } from '../output.js';
import { trustFrom } from '../trust-flag.js';
import { keysOf } from './export.js';

export interface AuditFlags extends ConnectionFlags {
  readonly receipts?: string;
  readonly escrow?: string;
  readonly policy?: string;
  /** Whether the verdict says who took part in what. */
  readonly participation?: boolean;
}

export interface Audited {
  readonly verdict: Verdict;
  /** What was audited: a path or an address. */
  readonly source: string;
  /** SHA-256 of the manifest, hex; null: a running coordinator, or there is none. */
  readonly manifest: string | null;
}

/** Without a policy: the numbers below which nobody should take part; what a task may be for is not the auditor's choice. */
const NO_POLICY: Policy = policySchema.parse({ evolving: true, acceptGrants: true, acceptCommittee: true });

/**
 * @param target folder or tar file, or the address of a coordinator; undefined: the coordinator of the flags
 * @throws BlindsumError USAGE, UNREADABLE_FILE, BAD_CONFIG, UNREACHABLE, and whatever a coordinator answers instead of its
 *   log (fault environment): the audit could not be tried
 */
export async function runAudit(
  target: string | undefined,
  flags: AuditFlags,
  output: Output,
): Promise<Audited> {
  const interrupt = onInterrupt();
  const bar = await createProgress('sessions', output);
  const { rules, close } = await rulesOf(flags, interrupt.signal);
  try {
    const { beside, escrowed } = await besideOf(flags);
    const options = (sessions: number): VerifyOptions => ({
      ...rules,
      onProgress: (done) => bar.update(done, Math.max(done, sessions)),
    });
    const audited =
      target === undefined || /^https?:\/\//.test(target)
        ? await ofCoordinator(target, flags, beside, options)
        : await ofArchive(target, beside, options);
    requireOwnEscrow(escrowed, audited.verdict);
    return audited;
  } catch (error) {
    throw untried(error);
  } finally {
    bar.stop();
    await close();
    interrupt.dispose();
  }
}

/** A coordinator that refuses is none that was found wanting: exit code 1 is for findings. */
const untried = (error: unknown): unknown =>
  isBlindsumError(error) && (error.fault === 'peer' || error.fault === 'self') && error.code !== 'CANCELLED'
    ? new BlindsumError(error.code, 'environment', error.message, { cause: error })
    : error;

type Beside = Pick<TranscriptSource, 'receipts' | 'escrow'>;
type OptionsFor = (sessions: number) => VerifyOptions;

async function ofArchive(path: string, beside: Beside, optionsFor: OptionsFor): Promise<Audited> {
  const archive = (await stat(path)).isDirectory()
    ? (await import('./folder-archive.js')).folderArchive(path)
    : (await import('./tar-archive.js')).tarArchive(path);
  const opened = await openArchive(archive, optionsFor(0).anchors);
  const verdict = await verifyArchive(opened, beside, optionsFor(opened.sessions));
  return { verdict, source: path, manifest: opened.manifest };
}

async function ofCoordinator(
  target: string | undefined,
  flags: AuditFlags,
  beside: Beside,
  optionsFor: OptionsFor,
): Promise<Audited> {
  if (target === undefined && flags.coordinator === undefined && process.env['BLINDSUM_CONFIG'] === undefined)
    usage('give an archive (a folder or a tar file), or a coordinator with --coordinator');
  const { coordinatorSource } = await import('./coordinator-source.js');
  const asked = target === undefined ? flags : { ...flags, coordinator: [target] };
  return withOperator(
    asked,
    async ({ operator, trust }) => {
      const { source, sessions } = await coordinatorSource(operator, keysOf(trust));
      // The connection would not be there without a trust file.
      const options = { ...optionsFor(sessions), anchors: keysOf(trust) };
      const verdict = await verifyTranscripts({ ...source, ...beside }, options);
      return { verdict, source: (asked.coordinator ?? ['the coordinator']).join(','), manifest: null };
    },
    { maxReplyBytes: Infinity },
  );
}

/** `escrowed`: ids of the sessions whose escrow was given, hex. */
async function besideOf({
  receipts,
  escrow,
}: AuditFlags): Promise<{ beside: Beside; escrowed: readonly string[] }> {
  if (receipts === undefined && escrow === undefined) return { beside: {}, escrowed: [] };
  const { escrowIn, receiptsIn } = await import('./beside.js');
  const kept = escrow === undefined ? null : await escrowIn(escrow);
  const beside = {
    ...(receipts === undefined ? {} : { receipts: await receiptsIn(receipts) }),
    ...(kept === null ? {} : { escrow: (session: string) => kept.get(session)?.() ?? null }),
  };
  return { beside, escrowed: [...(kept?.keys() ?? [])] };
}

/** Who gives escrow wants sums computed again, and may take silence for that. */
function requireOwnEscrow(given: readonly string[], { holds, sessions }: Verdict): void {
  if (given.length === 0 || !holds || sessions.some(({ id }) => given.includes(id ?? ''))) return;
  const ids = given.map((id) => id.slice(0, 16)).join(', ');
  refuse('UNREADABLE_FILE', 'caller', `--escrow: it is of no session that is audited here, but of ${ids}`);
}

async function rulesOf(
  { trust: trustPath, policy, escrow, participation = false }: AuditFlags,
  signal: AbortSignal,
): Promise<{ rules: VerifyOptions; close: () => Promise<void> }> {
  const trust = trustPath === undefined ? null : await readTrust(trustPath);
  const given = policy === undefined ? (trust?.policy ?? NO_POLICY) : await readPolicy(policy);
  const engine = escrow === undefined ? null : await newEngine();
  return {
    rules: {
      anchors: trust === null ? null : keysOf(trust.trust),
      policy: given,
      revoked: trust?.trust.revoked ?? new Set(),
      ...(trust === null ? {} : { beacon: await beaconOf(trust.trust) }),
      engine,
      participation,
      signal,
    },
    close: async () => {
      await engine?.close();
    },
  };
}

/** Values of the beacon that the trust file names, from its file. */
async function beaconOf({
  anchors: { beacon: chain },
  beaconFile,
}: Trust): Promise<NonNullable<VerifyOptions['beacon']>> {
  const { drandValue } = await import('../../client/node/drand-file.js');
  return (extension, round) => {
    if (chain === null || beaconFile === null || beaconExtension(chain.chain) !== extension) return null;
    return drandValue({ chain, ...beaconFile }, round)?.randomness ?? null;
  };
}

/** The policy counts where the file has one. */
async function readTrust(path: string): Promise<{ trust: Trust; policy: Policy | null }> {
  const { readYaml } = await import('../../client/node/yaml-file.js');
  const trust = await trustFrom(path);
  const hasPolicy = Object.hasOwn(readYaml(path) as object, 'policy');
  return { trust, policy: hasPolicy ? trust.anchors.policy : null };
}

async function readPolicy(path: string): Promise<Policy> {
  const { readYaml } = await import('../../client/node/yaml-file.js');
  const document = readYaml(path) ?? {};
  const parsed = policySchema.safeParse(document);
  if (parsed.success) return parsed.data;
  return refuse('BAD_CONFIG', 'caller', `${path}: ${describeIssue(parsed.error, document)}`);
}

const newEngine = async () => (await import('../../../crypto/engine/node.js')).createNodeEngine();
