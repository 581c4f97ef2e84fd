#!/usr/bin/env node
/** The `blindsum` command. Everything heavy is loaded by the command that needs it, so `--help` stays quick. */
import { run } from './program.js';

process.exitCode = await run(process.argv.slice(2));
