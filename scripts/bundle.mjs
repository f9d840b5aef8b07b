import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/*
 * The step after `n8n-node build`: puts the XML library into the one file that uses it, so that the
 * package has no runtime dependencies, and the version of the package into the one that names it. Takes
 * out of dist what nobody runs (pictures of the documentation, which the build copies along).
 */

const xml = 'nodes/CxoneExpert/api/xml';
const version = 'nodes/CxoneExpert/shared/package-version';

const { metafile } = await build({
	// From the source: its `import` gets the library's modules, of which only those that are used go in
	// and each is named. What the build has made of it would `require` all of them in one piece.
	entryPoints: [`${xml}.ts`, `${version}.ts`],
	outdir: 'dist',
	outbase: '.',
	bundle: true,
	platform: 'node',
	target: 'node20',
	format: 'cjs',
	minify: true,
	metafile: true,
});

const bundled = Object.keys(metafile.inputs).flatMap(
	(input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
);
const licences = await Promise.all([...new Set(bundled)].sort().map(licenceOf));
await writeFile(`dist/${xml}.LICENSES.txt`, licences.join('\n\n'));

for await (const entry of glob('dist/*')) {
	if (!/^dist[\\/](nodes|credentials)$/.test(entry)) await rm(entry, { recursive: true });
}

async function licenceOf(name) {
	const { version, license } = JSON.parse(await readFile(`node_modules/${name}/package.json`));
	const head = `${name} ${version} (${license})`;
	for await (const file of glob(`node_modules/${name}/{LICENSE,LICENCE,license}*`)) {
		return `${head}\n\n${await readFile(file, 'utf8')}`;
	}
	return head;
}
