import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// @ts-expect-error It has no types.
import * as n8nScanner from '@n8n/scan-community-package/scanner/scanner.mjs';
import { execa } from 'execa';
import { packPackage } from '../test/support/n8n/pack.mts';
import { root } from './repository/identity.mts';

/*
 * What n8n's scanner does with a published package, before it is published: the same two calls, on
 * the source and on the tarball (the scanner itself only takes the name of a package at npm).
 */

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

const { SOURCE_FILE_PATTERNS, analyzePackage } = n8nScanner as Scanner;
const tarball = await packPackage(root);
const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-lint-'));
try {
	await execa('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	const found = [
		...(await scanned('source', root, SOURCE_FILE_PATTERNS)),
		...(await scanned('tarball', folder, ['**/*.js', 'package.json'])),
	];
	for (const finding of found) console.error(finding);
	if (found.length > 0) process.exitCode = 1;
	else console.log("n8n's scanner finds nothing in the source and the tarball.");
} finally {
	await rm(folder, { recursive: true, force: true });
	await rm(dirname(tarball), { recursive: true, force: true });
}

async function scanned(what: string, cwd: string, patterns: string[]): Promise<string[]> {
	const { passed, message, details } = await analyzePackage(cwd, patterns);
	return passed ? [] : [`n8n's scanner, ${what}: ${message ?? ''}\n${details ?? ''}`];
}
