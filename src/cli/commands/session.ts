/** `blindsum session`: open, watch, cancel sessions and fetch their results. */
import { Command, Option } from 'commander';
import { withConnection } from '../connection.js';
import { exportSessions } from '../audit/export.js';
import { durationBetween, parseDuration } from '../durations.js';
import { cancel, list, open, purge, result, show, watch } from '../session/actions.js';

const phaseTime = (flag: string, description: string): Option =>
  new Option(flag, `${description}, 1s to 30d`)
    .argParser(durationBetween('1s', '30d'))
    .default(parseDuration('60s'), '60s');

export function sessionCommand(): Command {
  const session = new Command('session').description(
    'open, list, show, watch, cancel sessions; fetch results and transcripts',
  );
  const add = (command: Command): Command =>
    withConnection(command.option('--json', 'print JSON'), { token: true });
  session.addCommand(
    add(
      new Command('open')
        .description('invite the participants of a task to one sum')
        .requiredOption('--task <id>', 'task id or a prefix of it')
        .option(
          '--input <file>',
          'model or query that every participant works on; its hash is part of the session',
        )
        .addOption(phaseTime('--join <duration>', 'how long participants may join'))
        .addOption(phaseTime('--round <duration>', 'longest time of every later round'))
        .option('--grant <file...>', "organiser's exceptions of the one-vote rule that this session may use")
        .addHelpText('after', '\nExample:\n  blindsum session open --task 3fa9 --join 60s'),
    ).action(open),
  );
  session.addCommand(
    add(
      new Command('list')
        .description('all sessions')
        .addHelpText('after', '\nExample:\n  blindsum session list --task 3fa9')
        .option('--task <id>', 'only of this task'),
    ).action(list),
  );
  session.addCommand(
    add(
      new Command('show')
        .description('one session')
        .addHelpText('after', '\nExample:\n  blindsum session show 258d')
        .argument('<id>', 'session id or a prefix'),
    ).action(show),
  );
  session.addCommand(
    add(
      new Command('watch')
        .description(
          'follow a session until it ends: a bar for each round on a terminal, else a line for each change',
        )
        .addHelpText('after', '\nExit code: 0 closed, 1 aborted.\n\nExample:\n  blindsum session watch 258d')
        .argument('<id>', 'session id or a prefix'),
    ).action(watch),
  );
  session.addCommand(
    add(
      new Command('cancel')
        .description('abort a session')
        .addHelpText('after', '\nExample:\n  blindsum session cancel 258d --reason "wrong input"')
        .argument('<id>', 'session id or a prefix')
        .option('--reason <text>', 'told to the participants', 'cancelled by the operator'),
    ).action(cancel),
  );
  session.addCommand(
    add(
      new Command('result')
        .description('the sum and mean of an ended session')
        .addHelpText('after', '\nExample:\n  blindsum session result 258d --output sum.npy --mean mean.npy')
        .argument('<id>', 'session id or a prefix')
        .option('--output <file>', 'write the sum: .npy, .safetensors, .f32 or .json')
        .option('--mean <file>', 'write the mean'),
    ).action(result),
  );
  session.addCommand(
    add(
      new Command('purge')
        .description(
          'delete sums, shares, kept uploads and input of ended sessions; transcript and aggregate stay',
        )
        .addHelpText(
          'after',
          '\nExamples:\n  blindsum session purge 258d\n  blindsum session purge --older-than 30d',
        )
        .argument('[id]', 'session id or a prefix')
        .option('--older-than <duration>', 'all sessions that ended so long ago', parseDuration)
        .option('--aggregate', 'delete the aggregate too: only those who have it already keep it'),
    ).action(purge),
  );
  session.addCommand(
    add(
      new Command('export')
        .description(
          'an archive for auditors: of each ended session all signed messages and statements, and the log',
        )
        .addHelpText(
          'after',
          '\nExamples:\n  blindsum session export 258d --out audit\n  blindsum session export --all --out audit.tar.gz\nCheck it with: blindsum audit verify audit --trust trust.yaml',
        )
        .argument('[id]', 'session id or a prefix')
        .option('--task <id>', 'all ended sessions of this task')
        .option('--all', 'all ended sessions')
        .requiredOption(
          '--out <path>',
          'folder, or file ending in .tar, .tar.gz or .tgz; nothing is written over',
        ),
    ).action(exportSessions),
  );
  return session;
}
