/** Findings as they come up. Of one session, those of one code are one finding with several records. */
import { type FindingCode, FINDING_CODES } from './codes.js';
import type { Finding } from './types.js';

export interface About {
  /** Indices of leaves. */
  readonly records?: readonly number[];
  /** Hex. */
  readonly identities?: readonly string[];
  /** What exactly, after the sentence of the code. */
  readonly detail?: string;
  /** Instead of the one that the code has. */
  readonly by?: Finding['by'];
  /** Instead of the session's file. */
  readonly place?: string;
}

interface Draft {
  readonly code: FindingCode;
  readonly by: Finding['by'];
  readonly place: string;
  readonly detail: string;
  readonly records: Set<number>;
  readonly identities: Set<string>;
}

/** Drafts of one code that are kept apart. Whoever made the archive decides how many places there are to name. */
const MOST_OF_A_CODE = 1000;

export class Notebook {
  readonly #drafts = new Map<string, Draft>();
  readonly #counts = new Map<FindingCode, number>();
  session: string | null = null;

  constructor(readonly place: string) {}

  add(code: FindingCode, about: About = {}): void {
    const draft = this.#draft(code, about);
    about.records?.forEach((record) => draft.records.add(record));
    about.identities?.forEach((identity) => draft.identities.add(identity));
  }

  #draft(code: FindingCode, about: About): Draft {
    const { place = this.place, detail = '', by = FINDING_CODES[code].by } = about;
    const key = [code, place, by, detail].join('\n');
    const known = this.#drafts.get(key);
    if (known !== undefined) return known;
    const count = this.#counts.get(code) ?? 0;
    if (count > MOST_OF_A_CODE) return this.#drafts.get(code) as Draft;
    this.#counts.set(code, count + 1);
    const isLast = count === MOST_OF_A_CODE;
    const draft: Draft = {
      ...{ code, by, records: new Set(), identities: new Set() },
      ...(isLast ? { place: this.place, detail: 'in more places than are listed' } : { place, detail }),
    };
    this.#drafts.set(isLast ? code : key, draft);
    return draft;
  }

  /** @param signedFor whether the coordinator signed for the records as they are: else nothing is proven against it */
  findings(signedFor: boolean): Finding[] {
    return [...this.#drafts.values()].map(({ code, by, place, detail, records, identities }) => {
      const { severity, check, message } = FINDING_CODES[code];
      const [first] = records;
      return {
        code,
        severity,
        check,
        session: this.session,
        place: first === undefined ? place : `${place}, record ${first}`,
        records: [...records],
        by: by === 'coordinator' && !signedFor ? 'unknown' : by,
        identities: [...identities],
        message: detail === '' ? `${message}.` : `${message}: ${detail}.`,
      };
    });
  }
}
