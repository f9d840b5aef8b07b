import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from './build/bundling.mts';
import { librariesOf } from './build/licences.mts';
import { type Lockfile, sbomOf } from './build/sbom.mts';
import { readManifest, root } from './repository/identity.mts';

/* Prints which libraries the package has bundled, as CycloneDX: `node scripts/sbom.mts > sbom.cdx.json`. */

const { metafile } = await build({ ...bundling, outdir: 'dist', metafile: true, write: false });
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
const libraries = librariesOf(Object.keys(metafile.inputs));
console.log(JSON.stringify(sbomOf(readManifest(), libraries, lock), null, '\t'));
