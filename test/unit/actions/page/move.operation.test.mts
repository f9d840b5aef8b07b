import { describe, expect, it } from 'vitest';

import { movePage } from '../../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { refusalOf, runOperation } from '../../../support/unit/stub-site.mts';
import { given, INFO } from '../../../support/unit/page-samples.mts';

describe('movePage', () => {
	it('movePage returns the unchanged page when the site had nothing to do', async () => {
		const nothing = '<pages.moved count="0"/>';
		const to = 'Example/ExamplePage';
		const { items } = await runOperation(movePage, { ...given, to }, [INFO, nothing]);
		expect(items).toMatchObject([{ id: '426', path: 'Example/ExamplePage' }]);
	});

	it.each([
		[{ to: '' }, '"New Path" is empty'],
		[{ to: ' / ' }, 'The path "/" is that of the home page'],
		[{ to: '/', options: { title: 'A' } }, 'The path "/" is that of the home page'],
		[{ to: undefined }, '"New Path" is empty'],
		[{ to: 'https://site.example/A' }, '"New Path" contains an address'],
	])('movePage makes no call for %j', async (parameters, message) => {
		const refused = await refusalOf(movePage, { ...given, ...parameters });
		expect(refused).toMatchObject({ message, calls: [] });
	});
});
