import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './repository/identity.mts';
import { notesOf } from './repository/publishing.mts';

/* Prints what CHANGELOG.md says of a version: `node scripts/release-notes.mts 1.2.3`. */

const [version = ''] = process.argv.slice(2);
console.log(notesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version));
