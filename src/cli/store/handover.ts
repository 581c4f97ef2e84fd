/**
 * A copy of the SQLite file of a coordinator that runs. Only the coordinator itself can read the file then, so whoever may
 * write to its data folder asks there (`backup.request`), and finds the copy there. Nothing of this goes over the network.
 */
import { existsSync } from 'node:fs';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../coordinator/index.js';
import { BlindsumError } from '../../protocol/errors.js';
import { reasonOf } from '../errors.js';

const LOOK_MS = 500;

const filesOf = (folder: string) => ({
  request: join(folder, 'backup.request'),
  unfinished: join(folder, 'backup.unfinished'),
  copy: join(folder, 'backup.sqlite'),
  failed: join(folder, 'backup.failed'),
});

/** For the coordinator. @param backup writes a copy to a file that does not exist @returns ends it */
export function answerBackups(
  folder: string,
  backup: (path: string) => Promise<void>,
  logger: Logger,
): () => Promise<void> {
  const { request, unfinished, copy, failed } = filesOf(folder);
  const clean = async (): Promise<void> => {
    await Promise.all([unfinished, copy, failed].map((path) => rm(path, { force: true })));
  };
  // A copy that nobody fetched would outlive what is purged.
  const cleaned = clean().catch(() => undefined);
  let work = cleaned;
  let isBusy = false;
  const answer = async (): Promise<void> => {
    try {
      await cleaned;
      await clean();
      await backup(unfinished);
      await rename(unfinished, copy);
      logger.info({ folder }, 'backup made');
    } catch (error) {
      const reason = reasonOf(error);
      logger.error({ folder, reason }, 'no backup made');
      await rm(unfinished, { force: true });
      await writeFile(failed, reason, { mode: 0o600 }).catch(() => undefined);
    } finally {
      await rm(request, { force: true }).catch(() => undefined);
      isBusy = false;
    }
  };
  const timer = setInterval(() => {
    if (isBusy || !existsSync(request)) return;
    isBusy = true;
    work = answer();
  }, LOOK_MS).unref();
  return async () => {
    clearInterval(timer);
    await work;
  };
}

/** For everybody else. @throws BlindsumError STORE_FAILED, DEADLINE when no coordinator answers */
export async function requestBackup(folder: string, out: string, timeoutMs: number): Promise<void> {
  const { request, copy, failed } = filesOf(folder);
  await Promise.all([request, copy, failed].map((path) => rm(path, { force: true })));
  // Never through a link: who writes to the folder of the coordinator must not choose what is written over here.
  await writeFile(request, '', { mode: 0o600, flag: 'wx' });
  const end = performance.now() + timeoutMs;
  while (existsSync(request)) {
    if (performance.now() > end) {
      await rm(request, { force: true });
      throw new BlindsumError('DEADLINE', 'environment', `${folder}: the coordinator made no copy in time`);
    }
    await sleep(100);
  }
  if (!existsSync(copy)) {
    const reason = await readFile(failed, 'utf8').catch(() => 'no reason given');
    throw new BlindsumError('STORE_FAILED', 'environment', `the coordinator could make no copy: ${reason}`);
  }
  await copyFile(copy, out);
  await rm(copy, { force: true });
}
