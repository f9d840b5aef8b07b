import { describe, expect, it } from 'vitest';
import { ownNode, testedN8n } from '../../support/n8n/runtime.mts';
import { textOf } from '../../support/unit/documents.mts';

describe('docs/compatibility.md', () => {
	const rows = [...textOf('docs/compatibility.md').matchAll(/^\| (\d[\d.]+) \| (\d+) \|/gm)];

	it('docs/compatibility.md lists each tested n8n, the newest first', () => {
		expect(rows.map(([, version]) => version)).toEqual(testedN8n.toReversed());
	});

	it.each(testedN8n)('docs/compatibility.md names the Node that tests run n8n %s on', (version) => {
		const [, , node] = rows.find(([, itsVersion]) => itsVersion === version) ?? [];
		expect(node).toBe((ownNode[version] ?? textOf('.nvmrc')).split('.')[0]?.trim());
	});
});
