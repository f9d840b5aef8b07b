import { describe, expect, it } from 'vitest';

import { deletePage } from '../../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { runOperation } from '../../../support/unit/stub-site.mts';
import { given, INFO, DELETED } from '../../../support/unit/page-samples.mts';

describe('deletePage', () => {
	it.each([
		['Simplify is off', { simplify: false }, DELETED, { '@id': '179', deleted: true }],
		['the site does not say it', {}, DELETED.replace(' deleted="true"', ''), { id: '179' }],
		['the site names no page', {}, '<deletedpages count="1"/>', { id: '426' }],
	])('deletePage returns "deleted: true" where %s', async (_where, fields, response, item) => {
		const { items } = await runOperation(deletePage, { ...given, ...fields }, [INFO, response]);
		expect(items).toEqual([expect.objectContaining({ ...item, deleted: true })]);
	});
});
