/**
 * Quotas of organisations: named groups of participants that share a bound on what the coordinator takes from them. Only
 * availability depends on them: a call beyond a quota is refused like any that finds no room, before it has changed
 * anything, and a participant that does not get through has dropped out like one whose network is away.
 */
import { toHex } from '../../crypto/bytes.js';
import { certificateCodec } from '../protocol/documents.js';
import type { Signed } from '../protocol/signed.js';
import type { Caller } from './caller.js';

/** What is not given is not bounded. */
export interface Quota {
  /** In the long run, and at once after a pause. */
  readonly calls?: { readonly perSecond: number; readonly burst: number } | undefined;
  /** Calls at a time, streams until their request has come. */
  readonly callsAtOnce?: number | undefined;
  /** Of uploads, from midnight to midnight UTC. */
  readonly uploadBytesPerDay?: number | undefined;
}

export interface Organisation {
  readonly name: string;
  /** Hex identities. */
  readonly participants: readonly string[];
  /** Names in certificates of the organiser; with a * at the end, all that begin so. */
  readonly certificates: readonly string[];
  readonly quota: Quota;
}

export interface Quotas {
  /** No two name the same participant or certificate; of one named both ways, the identity decides. */
  readonly organisations: readonly Organisation[];
  /** Of each participant that is in no organisation, by itself. */
  readonly others: Quota;
}

export const NO_QUOTAS: Quotas = { organisations: [], others: {} };

/** Who shares a quota with whom. */
export interface Account {
  /** Different for different accounts. */
  readonly key: string;
  readonly quota: Quota;
  /** Null: somebody in no organisation. */
  readonly organisation: string | null;
  /** For refusals. */
  readonly owner: string;
}

export class Organisations {
  readonly #byIdentity = new Map<string, Account>();
  readonly #byName = new Map<string, Account>();
  readonly #byPrefix: (readonly [prefix: string, account: Account])[] = [];
  readonly #others: Quota;

  constructor({ organisations, others }: Quotas) {
    this.#others = others;
    for (const { name, participants, certificates, quota } of organisations) {
      const owner = `organisation ${name}`;
      const account = { key: owner, quota, organisation: name, owner };
      for (const identity of participants) this.#byIdentity.set(identity, account);
      for (const pattern of certificates) {
        if (pattern.endsWith('*')) this.#byPrefix.push([pattern.slice(0, -1), account]);
        else this.#byName.set(pattern, account);
      }
    }
  }

  /** @param caller whose certificate, if there is one, was verified */
  accountOf({ identity, certificate }: Caller): Account {
    const hex = toHex(identity);
    const known = this.#byIdentity.get(hex) ?? this.#certified(certificate);
    if (known !== undefined) return known;
    const owner = 'each participant in no organisation';
    return { key: `participant ${hex}`, quota: this.#others, organisation: null, owner };
  }

  #certified(certificate: Signed | null): Account | undefined {
    if (certificate === null || this.#byName.size + this.#byPrefix.length === 0) return undefined;
    const { name } = certificateCodec.decode(certificate.payload);
    return this.#byName.get(name) ?? this.#byPrefix.find(([prefix]) => name.startsWith(prefix))?.[1];
  }
}
