/**
 * On a ring a coordinator shows each only the keys of its neighbours, so no two rosters are the same object. Participants of
 * one process that share what is the same for all are shown everybody's keys instead, which they all sent through here.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import type { RosterEntry } from '../../protocol/roster.js';
import { type Signed, signedHash } from '../../protocol/signed.js';
import type { ParticipantApi, RosterReply } from '../../rpc/participant-api.js';

export class SharedRoster {
  readonly #sent = new Map<string, Signed>();
  #shown: { readonly statement: Signed; readonly entries: readonly RosterEntry[] } | null = null;

  /** @param shares false: is only heard, and shown what the coordinator shows */
  through(api: ParticipantApi, shares: boolean): ParticipantApi {
    return {
      ...api,
      advertiseKeys: (id, message, ...rest) => {
        this.#sent.set(toHex(signedHash(message)), message);
        return api.advertiseKeys(id, message, ...rest);
      },
      getRoster: async (...args) => {
        const reply = await api.getRoster(...args);
        return shares ? this.#complete(reply) : reply;
      },
    };
  }

  #complete(reply: RosterReply): RosterReply {
    // The statement is signed over the root of the roster: the same bytes, the same roster.
    if (this.#shown === null || !equalBytes(this.#shown.statement.payload, reply.statement.payload)) {
      const entries = reply.entries.map((entry) => ({
        ...entry,
        r0: this.#sent.get(toHex(entry.r0Hash)) ?? entry.r0,
      }));
      this.#shown = { statement: reply.statement, entries };
    }
    return { ...reply, entries: this.#shown.entries };
  }
}
