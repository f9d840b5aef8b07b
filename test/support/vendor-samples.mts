import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The vendor's samples of responses: elements, attributes and their places as in the specification, whole; the
 * values are ours. Of the log of searches, which the specification shows ungrouped, it is what the ancestor gave. A file each in fixtures/responses, by the name of its call.
 */

const FOLDER = join(import.meta.dirname, 'fixtures/responses');

/** As unit/api-calls.json names a call: `GET pages/{id}/info`. @param path with `:name` for what differs */
export function callName(method: string, path: string): string {
	const named = path
		.slice(1)
		.replace(/:(filename|key)/g, '{name}')
		.replace(':eventtype', '{event}')
		.replace(/:\w+/g, '{id}');
	return `${method.toUpperCase()} ${named}`;
}

/** The sample of a call, such as `GET pages/{id}/info`; `undefined` where the specification has none. */
export function sampleOf(call: string): string | undefined {
	const file = join(FOLDER, `${fileName(call)}.xml`);
	return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** The samples that belong to none of these calls. */
export function samplesBeside(calls: string[]): string[] {
	const known = calls.map((call) => `${fileName(call)}.xml`);
	return globSync('*.xml', { cwd: FOLDER }).filter((file) => !known.includes(file));
}

function fileName(call: string): string {
	return call
		.toLowerCase()
		.replace(/[^a-z]+/g, '-')
		.replace(/-$/, '');
}
