import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// @ts-expect-error It has no types.
import * as n8nScanner from '@n8n/scan-community-package/scanner/scanner.mjs';
import { execa } from 'execa';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packPackage } from '../test/support/n8n/pack.mts';
import { root } from './repository/identity.mts';

/*
 * Checks the package before it is published. n8n's scanner only takes the name of a package at npm, so
 * this makes its two calls, on the source and on the tarball. Then `publint --strict` on the tarball.
 */

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(folder: string, patterns: string[]): Promise<{ passed: boolean; message?: string; details?: string }>;
}

const { SOURCE_FILE_PATTERNS, analyzePackage } = n8nScanner as Scanner;
const tarball = await packPackage(root);
const folder = await mkdtemp(join(tmpdir(), 'cxone-expert-lint-'));
try {
	await execa('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	const found = [
		...(await scanned('source', root, SOURCE_FILE_PATTERNS)),
		...(await scanned('tarball', folder, ['**/*.js', 'package.json'])),
		...(await linted(tarball)),
	];
	for (const finding of found) console.error(finding);
	if (found.length > 0) process.exitCode = 1;
	else console.log("n8n's scanner and publint find nothing.");
} finally {
	await rm(folder, { recursive: true, force: true });
	await rm(dirname(tarball), { recursive: true, force: true });
}

async function scanned(what: string, cwd: string, patterns: string[]): Promise<string[]> {
	const { passed, message, details } = await analyzePackage(cwd, patterns);
	return passed ? [] : [`n8n's scanner, ${what}: ${message ?? ''}\n${details ?? ''}`];
}

async function linted(file: string): Promise<string[]> {
	const { buffer } = new Uint8Array(await readFile(file));
	const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
	return messages.map((each) => `publint, ${each.type}: ${formatMessage(each, pkg) ?? each.code}`);
}
