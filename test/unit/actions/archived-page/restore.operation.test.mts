import { describe, expect, it } from 'vitest';

import { restoreArchivedPage } from '../../../../nodes/CxoneExpert/actions/archived-page/restore.operation.ts';
import { onlyItem, refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE } from '../../../support/unit/archive-samples.mts';

describe('restoreArchivedPage', () => {
	it('restoreArchivedPage returns ID and path when the response names no page', async () => {
		const parameters = { archivedPage: '149', to: 'A' };
		const run = await runOperation(restoreArchivedPage, parameters, ['<pages.restored/>']);
		expect(onlyItem(run)).toEqual({ id: '149', path: 'A' });
	});

	it('restoreArchivedPage restores nothing when the old path is unknown', async () => {
		const pathless = SAMPLE.replace('<path>Category_Two</path>', '');
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149' }, [pathless]);
		expect(refused.message).toBe('The archive does not name the former path of page 149');
	});

	it.each([
		['/', 'The path "/" is that of the home page'],
		['https://site.example/A', '"Restore To" contains an address'],
		['A/'.repeat(1001), 'The path is longer than 2,000 characters'],
	])('restoreArchivedPage makes no call for %.20s', async (to, message) => {
		const refused = await refusalOf(restoreArchivedPage, { archivedPage: '149', to });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
