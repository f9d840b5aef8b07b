import { glob, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { execa } from 'execa';
import { bundledInputs, bundling, classFiles, LICENCES } from './build/bundling.mts';
import { librariesOf, licencesOf } from './build/licences.mts';

/*
 * `n8n-node build`, and then one bundle in place of its scripts, with the licences of what is in it. Takes
 * out of dist what nobody runs (pictures of the documentation, which the build copies along).
 */

// Unless this is CI, a log gets each frame of its spinner.
const visibly = execa({ preferLocal: true, stdio: 'inherit', env: { CI: 'true' }, reject: false });
const { failed } = await visibly`n8n-node build`;
if (failed) process.exit(1);
for await (const entry of glob(['dist/*', 'dist/**/*.js'])) {
	if (!/^dist[\\/](nodes|credentials)$/.test(entry)) await rm(entry, { recursive: true, force: true });
}
const { metafile } = await build({ ...bundling, outdir: 'dist', metafile: true });
for (const [path, text] of classFiles()) await writeFile(path, text);
await writeFile(`dist/${LICENCES}`, licencesOf(librariesOf(bundledInputs(metafile))));
