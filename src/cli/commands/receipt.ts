/** `blindsum receipt`: what a journal keeps of the coordinator's log: receipts for an auditor, evidence of a forked log. */
import { Command } from 'commander';
import type { ForkEntry, Journal } from '../../client/journal.js';
import { printable } from '../../protocol/errors.js';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';

interface JournalFlags {
  readonly journal: string;
  readonly json?: boolean;
}

interface ExportFlags extends JournalFlags {
  readonly out: string;
  readonly session?: string;
}

interface ForksFlags extends JournalFlags {
  readonly remove?: boolean;
}

export function receiptCommand(): Command {
  const exporting = new Command('export')
    .description(
      'write the receipts that a journal keeps: a folder per session, with a proof for each message; of sessions without a receipt the messages',
    )
    .requiredOption('--journal <file>', 'the journal; of `contribute` it is the key file with .journal')
    .requiredOption('--out <dir>', 'where the folders go')
    .option('--session <id>', 'only this session')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  blindsum receipt export --journal a.key.journal --out receipts')
    .action(exportReceipts);
  const forks = new Command('forks')
    .description('show the evidence that a coordinator showed two logs; exits 1 when there is some')
    .requiredOption('--journal <file>', 'the journal of a participant, or the state of a witness')
    .option(
      '--remove',
      'go on with these coordinators: forget the evidence, and what was seen of their logs before',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  blindsum receipt forks --journal a.key.journal > evidence.txt')
    .action(showForks);
  return new Command('receipt')
    .description("proofs from the coordinator's log")
    .addCommand(exporting)
    .addCommand(forks);
}

async function withJournal<T>(path: string, use: (journal: Journal) => Promise<T>): Promise<T> {
  const { openExistingJournal } = await import('../../client/node/file-journal.js');
  const journal = openExistingJournal(path);
  try {
    return await use(journal);
  } finally {
    await journal.close();
  }
}

async function exportReceipts({ journal: path, out, session, json }: ExportFlags): Promise<void> {
  const { keptReceipts } = await import('../../client/receipts.js');
  const { writeReceipt } = await import('../../client/node/receipt-folder.js');
  const output = createOutput(json === true);
  const wanted = session?.toLowerCase();
  const kept = (await withJournal(path, keptReceipts)).filter(
    (one) => (wanted ?? one.session) === one.session,
  );
  if (wanted !== undefined && kept.length === 0)
    usage(`--session ${wanted}: the journal keeps nothing of such a session that ended`);
  const receipts = kept.map(({ session: id, proven, files }) => ({
    ...{ session: id, proven, folder: writeReceipt(out, id, files) },
    files: files.map(({ name }) => name),
  }));
  const lines = receipts.map(
    ({ folder, files, proven }) =>
      `${folder}: ${files.join(' ')}${proven ? '' : ' (the coordinator gave no receipt: messages without proof)'}`,
  );
  output.result({ receipts }, lines.length === 0 ? 'the journal keeps no receipts' : lines.join('\n'));
}

async function showForks({ journal: path, remove, json }: ForksFlags): Promise<void> {
  const output = createOutput(json === true);
  const forks = await withJournal(path, async (journal) => {
    const found = await journal.forks();
    if (remove === true) for (const { coordinator } of found) await journal.removeFork(coordinator);
    return found;
  });
  const removed = remove === true && forks.length > 0;
  const text =
    forks.length === 0 ? 'no coordinator showed this journal two logs' : forks.map(shown).join('\n');
  output.result({ forks, removed }, removed ? `${text}\n(removed)` : text);
  if (forks.length > 0 && !removed) process.exitCode = 1;
}

const shown = ({ coordinator, session, seen, shown: later }: ForkEntry): string =>
  [
    `coordinator ${coordinator}${session === '' ? '' : `, in session ${session}`}`,
    'accepted first:',
    seen,
    'shown later, and no continuation of it:',
    later ?? '(an empty log)\n',
  ]
    // A note is the coordinator's own text.
    .flatMap((text) => text.split('\n').map(printable))
    .join('\n');
