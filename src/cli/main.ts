#!/usr/bin/env node
/** The `blindsum` command. Everything heavy is loaded by the command that needs it, so `--help` stays quick. */
import { run } from './program.js';

// Whoever read the output has gone (| head). The command ends as it would have, quietly: files are still written, and a
// participant does not drop out of a session for a line of progress that nobody sees.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2));
