/** What the organiser signed about people, and inputs. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import { bytesOf, party, signedOf, sameAs, LARGE } from '../fixtures.js';

export function documentsAndBlobs(current: () => Store): void {
  describe('certificates, revocations and blobs', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    test('the last certificate of an identity counts; identities are in order', async () => {
      await store.putEnrolment({ identity: party(2), certificate: signedOf('old') });
      await store.putEnrolment({ identity: party(1), certificate: signedOf('one') });
      await store.putEnrolment({ identity: party(2), certificate: signedOf('new') });
      expect(await store.listEnrolments()).toEqual([
        { identity: party(1), certificate: signedOf('one') },
        { identity: party(2), certificate: signedOf('new') },
      ]);
    });

    test('the first revocation of an identity is final; identities are in order', async () => {
      await store.putRevocation(party(9), signedOf('nine'));
      await store.putRevocation(party(3), signedOf('first'));
      await store.putRevocation(party(3), signedOf('second'));
      expect(await store.listRevocations()).toEqual([
        { identity: party(3), revocation: signedOf('first') },
        { identity: party(9), revocation: signedOf('nine') },
      ]);
    });

    test('blobs come back, empty and large ones too; the first of a digest stays', async () => {
      const large = bytesOf('blob', LARGE);
      await store.putBlob('aa', large);
      await store.putBlob('bb', new Uint8Array(0));
      await store.putBlob('aa', bytesOf('other'));
      expect(await store.getBlob('bb')).toEqual(new Uint8Array(0));
      expect(await store.getBlob('cc')).toBeNull();
      expect(sameAs(await store.getBlob('aa'), large)).toBe(true);
    });
  });
}
