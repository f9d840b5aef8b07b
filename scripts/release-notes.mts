import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, root } from './repository/identity.mts';
import { notesOf } from './repository/publishing.mts';

/* Prints what CHANGELOG.md says of the version in package.json. `npm version` stops where it says nothing. */

console.log(notesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), readManifest().version));
