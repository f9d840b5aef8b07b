import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { versions } from '../support/contract/n8n-code.mts';
import { isOurs, template, templateNames } from '../support/e2e/template.mts';
import { cacheFolder, newestN8n } from '../support/n8n/runtime.mts';

/* The ready-made workflows are imported into any n8n that the package supports. */

interface NodeDescription {
	name: string;
	version: number | number[];
}

/** Which versions of a node this n8n has, by the type in the file of a workflow. */
function nodesOf(version: string): Map<string, number[]> {
	const found = new Map<string, number[]>();
	for (const from of ['n8n-nodes-base', '@n8n/n8n-nodes-langchain']) {
		const path = join(`n8n-${version}`, 'node_modules', from, 'dist/types/nodes.json');
		const text = readFileSync(join(cacheFolder, path), 'utf8');
		for (const node of JSON.parse(text) as NodeDescription[]) {
			const type = `${from}.${node.name}`;
			found.set(type, [...(found.get(type) ?? []), node.version].flat());
		}
	}
	return found;
}

/** An older Chat Trigger lets whoever asks claim to be somebody else, so its note asks for the newest n8n. */
const NEWEST_ONLY: Record<string, string[]> = { 'answers-for-users': [newestN8n] };

it.each(versions)('n8n %s has each node of the ready-made workflows in its version', (version) => {
	const known = nodesOf(version);
	const isMeant = (name: string) => NEWEST_ONLY[name]?.includes(version) ?? true;
	const used = templateNames()
		.filter(isMeant)
		.flatMap((name) => template(name).nodes);
	const missing = used.filter((node) => !isOurs(node) && !known.get(node.type)?.includes(node.typeVersion as number));
	expect(missing.map(({ type, typeVersion }) => `${type} ${typeVersion}`)).toEqual([]);
});
