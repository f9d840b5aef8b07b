import { glob, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundledInputs, bundling, LICENCES } from './build/bundling.mts';
import { librariesOf, licencesOf } from './build/licences.mts';

/*
 * The step after `n8n-node build`: bundles what a user does not have, with its licences. Takes out of
 * dist what nobody runs (pictures of the documentation, which the build copies along).
 */

const { metafile } = await build({ ...bundling, outdir: 'dist', metafile: true });
const libraries = librariesOf(bundledInputs(metafile));
await writeFile(`dist/${LICENCES}`, licencesOf(libraries));

for await (const entry of glob('dist/*')) {
	if (!/^dist[\\/](nodes|credentials)$/.test(entry)) await rm(entry, { recursive: true });
}
