import { expect, it } from 'vitest';

import { getArchivedPage } from '../../../nodes/CxoneExpert/actions/archived-page/get.operation.ts';
import { restoreArchivedPage } from '../../../nodes/CxoneExpert/actions/archived-page/restore.operation.ts';
import type { Operation } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { createOrUpdatePage } from '../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { getChangedPages } from '../../../nodes/CxoneExpert/actions/page/get-changed-since.operation.ts';
import { getPageContents } from '../../../nodes/CxoneExpert/actions/page/get-contents.operation.ts';
import { getPageProperty } from '../../../nodes/CxoneExpert/actions/property/get.operation.ts';
import { movePage } from '../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { setPageProperty } from '../../../nodes/CxoneExpert/actions/property/set.operation.ts';
import { replacePageTags } from '../../../nodes/CxoneExpert/actions/tag/page/replace.operation.ts';
import { refusalOf } from '../../support/unit/stub-site.mts';

const page = { mode: 'id', value: '1' };
const text = { page, contents: '<p>Hi</p>' };
const named = (propertyName: string) => ({ page, propertyName, value: 'x' });
const restored = { archivedPage: '1', to: 'https://site.example/A' };
const edited = (editTime: unknown) => ({ ...text, options: { editTime } });
const until = (time: string) => ({ since, options: { until: time } });
const revision = (number: unknown) => ({ page, options: { revision: number } });
const UNSENT = 'contains a character that cannot be sent to Expert:';
const NO_TEXT = 'contains something other than text';
const NOT_ONE = "'Property Name' is not the name of one property";
const since = '2024-02-14T10:00:00Z';

type Row = [Operation, fields: object, message: string];
const refused: Row[] = [
	[movePage, { page, to: '' }, "'New Path' is empty"],
	[movePage, { page, to: '/', options: { title: 'A' } }, 'The path "/" is that of the home page'],
	[movePage, { page, to: 'https://site.example/A' }, "'New Path' contains an address"],
	[restoreArchivedPage, restored, "'Restore To' contains an address"],
	[getArchivedPage, { archivedPage: 'A/B' }, '"A/B" is not the ID of an archived page'],
	[getPageContents, revision(-1), '"-1" is not the number of a revision'],
	[createOrUpdatePage, { page, contents: {} }, "'Contents' is a list or an object, not a text"],
	[createOrUpdatePage, edited('yesterday'), "'Edit Time' is not a date and time"],
	[getChangedPages, { since: 'last week' }, "'Since' is not a date and time"],
	[getChangedPages, { since: '2999-01-01' }, "'Since' is in the future: 2999-01-01T00:00:00Z"],
	[getChangedPages, until('2024-02-14T09:00:00Z'), `'Until' (2024-02-14T09:00:00Z) is before 'Since' (${since})`],
	...[getPageProperty, setPageProperty].flatMap((operation): Row[] => [
		...['a*', 'a,b', 'a\nb'].map((name): Row => [operation, named(name), NOT_ONE]),
		[operation, named('a\u0007'), `'Property Name' ${UNSENT} U+0007`],
	]),
	...[undefined, ['a', { name: 'b' }], { name: 'b' }].map(
		(tags): Row => [replacePageTags, { page, tags }, `'Tags' ${NO_TEXT}`],
	),
];

const titled = refused.map(([operation, fields, message]) => {
	const given = JSON.stringify({ ...fields, page: undefined }).slice(0, 100);
	return [`${operation.action} makes no call for ${given}`, operation, fields, message] as const;
});

it.each(titled)('%s', async (_title, operation, fields, message) => {
	expect(await refusalOf(operation, fields)).toMatchObject({ message, calls: [] });
});
