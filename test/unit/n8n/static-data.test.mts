import type { IDataObject } from 'n8n-workflow';
import { beforeEach, expect, it } from 'vitest';

import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';
import { injectIntoCopy, NodeStaticData } from '../../../nodes/CxoneExpert/n8n/static-data.ts';
import { n8nOf } from '../../support/unit/n8n-of.mts';

const NAME = 'cxoneExpertPart';

beforeEach(clearMemory);

/** Static data that notes what is assigned and deleted, as n8n's does. */
function noted(staticData: IDataObject = {}) {
	const changes: string[] = [];
	const proxy = new Proxy(staticData, {
		set: (target, key, value) => (changes.push(`set ${String(key)}`), Reflect.set(target, key, value)),
		deleteProperty: (target, key) => (changes.push(`delete ${String(key)}`), Reflect.deleteProperty(target, key)),
	});
	const n8n = n8nOf({ id: 'own', staticData: proxy });
	return { changes, n8n, stored: new NodeStaticData(n8n) };
}

it.each([
	['the same', { a: 1 }, { a: 1 }, []],
	['something else', { a: 1 }, { a: 2 }, ['set cxoneExpertPart:own']],
	['an empty object over something', { a: 1 }, {}, ['set cxoneExpertPart:own']],
	['anything over nothing', undefined, { a: 1 }, ['set cxoneExpertPart:own']],
])('an update with %s is assigned or not', (_case, before, value, expected) => {
	const { changes, stored } = noted(before && { 'cxoneExpertPart:own': before });
	stored.update(NAME, value);
	expect(changes).toEqual(expected);
});

it('an injected part can be injected, written and dropped again', () => {
	const { n8n, stored } = noted();
	injectIntoCopy(n8n, NAME, () => ({ first: true }));
	injectIntoCopy(n8n, NAME, () => ({ second: true }));
	expect(JSON.parse(JSON.stringify(stored.read(NAME)))).toEqual({ second: true });
	stored.write(NAME, { third: true });
	expect(stored.read(NAME)).toEqual({ third: true });
	injectIntoCopy(n8n, NAME, () => ({ fourth: true }));
	stored.drop(NAME);
	expect(stored.read(NAME)).toBeUndefined();
});

it('static data that takes no record is reported once and fails nothing', () => {
	const warnings: string[] = [];
	const n8n = n8nOf({ staticData: Object.freeze({}), warn: (line) => void warnings.push(line) });
	injectIntoCopy(n8n, NAME, () => ({}));
	injectIntoCopy(n8n, NAME, () => ({}));
	expect(warnings).toEqual([expect.stringMatching(/record of deliveries cannot be put into/)]);
});
