/**
 * What every store has to do: the sentences of src/storage/port.ts, one by one, then operations that run at the same
 * time, then random operations against a model. A store's own test file adds what only it can promise (crash safety,
 * other processes).
 */
import { afterEach, beforeEach, describe } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import { actions } from './actions.js';
import { closing } from './closing.js';
import { copies } from './copies.js';
import { documentsAndBlobs } from './documents-and-blobs.js';
import { inputs } from './inputs.js';
import { leases } from './leases.js';
import { log } from './log.js';
import { purging } from './purging.js';
import { races } from './races.js';
import { randomOperations } from './random-operations.js';
import { records } from './records.js';
import { sessions } from './sessions.js';
import { tasks } from './tasks.js';
import { transitions } from './transitions.js';
import { watching } from './watching.js';

type MakeStore = () => Promise<{ store: Store; dispose: () => Promise<void> }>;

export function storeConformance(name: string, makeStore: MakeStore): void {
  describe(`${name} conforms to the store port`, () => {
    let store: Store;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      ({ store, dispose } = await makeStore());
    });
    afterEach(async () => {
      await dispose();
    });

    tasks(() => store);
    documentsAndBlobs(() => store);
    sessions(() => store);
    records(() => store);
    inputs(() => store);
    transitions(() => store);
    races(() => store);
    copies(() => store);
    watching(() => store);
    purging(() => store);
    leases(() => store);
    log(() => store);
    actions(() => store);
    closing(() => store);
    randomOperations(() => store);
  });
}
