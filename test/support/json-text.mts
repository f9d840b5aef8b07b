import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './unit/documents.mts';

/** JSON as this repository formats it; objects stand on several lines. */
export async function jsonText(value: unknown): Promise<string> {
	const filepath = join(ROOT, 'some.json');
	const text = JSON.stringify(value, null, 2);
	return await format(text, { ...(await resolveConfig(filepath)), filepath });
}

/** For documents: two spaces; objects of plain values on one line. */
export function shortJsonText(value: unknown): string {
	return JSON.stringify(value, null, 2).replace(
		/([[{])\n([^[\]{}]*?)\n *(?=[\]}])/g,
		(_whole: string, bracket: string, entries: string) => {
			const line = entries.trim().replace(/\n */g, ' ');
			return bracket === '{' ? `{ ${line} ` : `[${line}`;
		},
	);
}
