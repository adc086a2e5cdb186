#!/usr/bin/env node
/** The program `promethium`: what was typed, and the exit code it comes to. */

import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
