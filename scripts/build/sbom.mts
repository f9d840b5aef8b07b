import { createHash } from 'node:crypto';
import type { Manifest } from '../repository/identity.mts';
import type { Library } from './licences.mts';

/** What npm notes of each installed package, by its folder. */
export interface Lockfile {
	packages: Record<string, { version?: string; integrity?: string }>;
}

/**
 * The bill of materials of the package, in CycloneDX: the libraries that are bundled into it. They are no
 * dependencies of it, so that `npm audit` at a user's does not see them. The same libraries always give the
 * same bytes.
 */
export function sbomOf({ name, version }: Manifest, libraries: Library[], lock: Lockfile): object {
	const own = component({ name, version, license: 'MIT' });
	const components = libraries.map((library) => ({
		...component(library),
		hashes: [{ alg: 'SHA-512', content: sha512Of(library, lock) }],
	}));
	const content = { metadata: { component: own }, components };
	return {
		...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
		serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
		...content,
	};
}

function component({ name, version, license }: Omit<Library, 'folder'>) {
	// `@` of a scope is written in hexadecimal: https://github.com/package-url/purl-spec
	const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
	const licenses = [{ license: { id: license } }];
	return { 'bom-ref': purl, type: 'library', name, version, purl, licenses };
}

/** Of the tarball that npm has installed. */
function sha512Of({ name, version }: Library, { packages }: Lockfile): string {
	const installed = Object.entries(packages).find(
		([folder, each]) => folder.endsWith(`node_modules/${name}`) && each.version === version,
	);
	const [, sha512] = /^sha512-(.+)$/.exec(installed?.[1].integrity ?? '') ?? [];
	if (sha512 === undefined) throw new Error(`package-lock.json has no ${name} ${version}.`);
	return Buffer.from(sha512, 'base64').toString('hex');
}

/** A name-based one, version 8 of RFC 9562. */
function uuidOf(text: string): string {
	const hex = createHash('sha256').update(text).digest('hex');
	const parts = [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`8${hex.slice(13, 16)}`,
		`8${hex.slice(17, 20)}`,
	];
	return [...parts, hex.slice(20, 32)].join('-');
}
