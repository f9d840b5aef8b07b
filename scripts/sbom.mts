import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { build } from 'esbuild';
import { v5 } from 'uuid';
import manifest from '../package.json' with { type: 'json' };
import { bundledInputs, bundling } from './build/bundling.mts';
import { librariesOf, type Library } from './build/licences.mts';
import { root } from './repository/identity.mts';

/*
 * Prints which libraries are bundled into the package, as CycloneDX: `node scripts/sbom.mts > sbom.cdx.json`.
 * They are not its dependencies, so `npm audit` does not see them. The same libraries give the same bytes.
 * `@cyclonedx/cyclonedx-esbuild` knows no hashes, and its reproducible documents have no serial number,
 * without which `actions/attest` refuses them.
 */

const { metafile } = await build({ ...bundling, outdir: 'dist', metafile: true, write: false });
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
	packages: Record<string, { integrity?: string }>;
};
const bom = new Models.Bom({
	metadata: new Models.Metadata({ component: componentOf(manifest) }),
	components: new Models.ComponentRepository(
		librariesOf(bundledInputs(metafile)).map((each) => componentOf(each, [hashOf(each)])),
	),
});
const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
const serialized = () => serializer.serialize(bom, { sortLists: true, space: '\t' });
bom.serialNumber = `urn:uuid:${v5(serialized(), v5.URL)}`;
console.log(serialized());

function componentOf(
	{ name, version, license }: Omit<Library, 'folder'>,
	hashes: Models.Hash[] = [],
): Models.Component {
	// The `@` of a scope is written in hexadecimal: https://github.com/package-url/purl-spec
	const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
	return new Models.Component(Enums.ComponentType.Library, name, {
		...{ bomRef: purl, version, purl },
		licenses: new Models.LicenseRepository([new Models.SpdxLicense(license)]),
		hashes: new Models.HashDictionary(hashes),
	});
}

/** From the tarball that npm installed. */
function hashOf({ folder, name }: Library): Models.Hash {
	const installed = lock.packages[folder.slice(folder.indexOf('node_modules/'))];
	const [, sha512] = /^sha512-(.+)$/.exec(installed?.integrity ?? '') ?? [];
	if (sha512 === undefined) throw new Error(`package-lock.json has no SHA-512 of ${name}.`);
	return [Enums.HashAlgorithm['SHA-512'], Buffer.from(sha512, 'base64').toString('hex')];
}
