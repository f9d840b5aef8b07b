import { expect, it } from 'vitest';

import { createOrUpdateDraft } from '../../../nodes/CxoneExpert/actions/draft/create-or-update.operation.ts';
import { getDraftContents } from '../../../nodes/CxoneExpert/actions/draft/get-contents.operation.ts';
import { downloadFile } from '../../../nodes/CxoneExpert/actions/file/download.operation.ts';
import type { Operation } from '../../../nodes/CxoneExpert/actions/core/operation.ts';
import { copyPage } from '../../../nodes/CxoneExpert/actions/page/copy.operation.ts';
import { createOrUpdatePage } from '../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { getManyPages } from '../../../nodes/CxoneExpert/actions/page/get-many.operation.ts';
import { restoreArchivedPage } from '../../../nodes/CxoneExpert/actions/archived-page/restore.operation.ts';
import { getManyDrafts } from '../../../nodes/CxoneExpert/actions/draft/get-many.operation.ts';
import { compareRevisions } from '../../../nodes/CxoneExpert/actions/revision/compare.operation.ts';
import { deletePage } from '../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { getPageContents } from '../../../nodes/CxoneExpert/actions/page/get-contents.operation.ts';
import { getPageProperty } from '../../../nodes/CxoneExpert/actions/property/get.operation.ts';
import { replaceTextInPage } from '../../../nodes/CxoneExpert/actions/page/replace-text.operation.ts';
import { movePage } from '../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { setPageProperty } from '../../../nodes/CxoneExpert/actions/property/set.operation.ts';
import { addPageTags } from '../../../nodes/CxoneExpert/actions/tag/page/add.operation.ts';
import { getPageTags } from '../../../nodes/CxoneExpert/actions/tag/page/get.operation.ts';
import { present } from '../../support/present.mts';
import { refusalOf, runOperation, type StubResponse } from '../../support/unit/stub-site.mts';
import { sampleOf } from '../../support/vendor-samples.mts';

/* What the vendor does not promise, and the simulator does not send. */

const sample = (call: string) => present(sampleOf(call));
const INFO = sample('GET pages/{id}/info');
const DELETED = sample('DELETE pages/{id}');
const TAGS = sample('GET pages/{id}/tags');
const FILE = sample('GET files/{id}/info');
const LISTED = sample('GET pages/{id}/properties');
const NONE = '<properties count="0"/>';
const propertyName = 'urn:example.com#reviewed-by';
const tags = (...names: string[]) =>
	`<tags count="${names.length}">${names.map((name) => `<tag value="${name}"/>`).join('')}</tags>`;

const page = { mode: 'id', value: '371' };
const atPath = { mode: 'path', value: 'A' };
const file = '1';
const text = { page, contents: 2026 };
const draft = { page, contents: 'x' };
const DRAFT = sample('GET drafts/{id}').replace(' id="373"', ' id="371"');
const moved = { page, to: 'Guides/Phones/Basics/Reset' };
const restored = { archivedPage: '149', to: 'A' };
const property = { page: atPath, propertyName };
const value = { page, propertyName, value: 'x' };

const SAVED = '<edit status="success"><page id="2"/></edit>';
const SAME_AS_DELETED = DELETED.replace(' deleted="true"', '');
const EDITED = '<edit status="success"/>';
const LISTED_DRAFT = '<drafts><pages><page id="7"><draft/></page></pages></drafts>';
const SHORT = '<content type="text/x" revision="1"/>';
const listed = (size: number, type = 'text/plain; charset=utf-8') =>
	LISTED.replace('size="10"', `size="${size}"`)
		.replace('>jdoe, mroe<', '><')
		.replace('text/plain; charset=utf-8', type);
const raw = (type: string, body: string | Buffer) => ({ type, body });
const LATIN = raw('text/plain; charset="ISO-8859-1"', Buffer.from([0xe9]));

type Row = [what: string, Operation, fields: object, StubResponse[]];
const titled = (row: [...Row, unknown], does: string) => `${row[1].action} ${does} ${row[0]}`;

const accepted: Array<[...Row, item: object]> = [
	[
		'0 pages where page and title are as wanted',
		movePage,
		{ page, to: '', options: { title: 'Reset the phone' } },
		[INFO, '<pages.moved count="0"/>'],
		{ id: '371' },
	],
	['a page not called deleted', deletePage, { page }, [INFO, SAME_AS_DELETED], { deleted: true }],
	['no page', restoreArchivedPage, restored, ['<pages.restored/>'], { id: '149', path: 'A' }],
	['no deleted page', deletePage, { page }, [INFO, '<deletedpages/>'], { id: '371', deleted: true }],
	['no state of a listed draft', getManyDrafts, { below: page }, [LISTED_DRAFT], { id: '7' }],
	['no page', copyPage, moved, ['<pages.copied/>'], { path: moved.to }],
	['no body', getPageContents, { page }, [INFO, SHORT], { contents: '', revision: 1, type: 'text/x' }],
	['plain text', getDraftContents, { page }, [DRAFT, raw('text/plain', 'Hi')], { contents: 'Hi' }],
	['no tags', getPageTags, { page: atPath }, ['<tags/>'], { page: { path: 'A' }, tags: [] }],
	['another charset', getPageProperty, property, [listed(1), LATIN], { value: 'é' }],
	['no type', downloadFile, { file }, ['<file id="1"/>', raw('', 'x')], { id: '1' }],
	['raw XML', createOrUpdatePage, { ...text, simplify: false }, [INFO, SAVED], { '@status': 'success' }],
	['no revision', createOrUpdatePage, text, [INFO, SAVED], { id: '2' }],
];

it.each(accepted.map((row) => [titled(row, 'accepts'), row] as const))('%s', async (_title, row) => {
	const [, operation, fields, responses, item] = row;
	const { items } = await runOperation(operation, fields, responses);
	expect(items).toEqual([expect.objectContaining(item)]);
});

const html = Buffer.from('<!doctype html><html>Größe</html>');
const EDITED_PAGE = '<page id="1"><date.edited>2026-01-30T16:59:45Z</date.edited></page>';
const HTML = raw('text/html', html);
const inside = (code: number, said = 'No, secret-token') => ({
	status: 207,
	body: `<properties><property name="${propertyName}"><status code="${code}">${said}</status></property></properties>`,
});
const OTHER = LISTED.replaceAll('reviewed-by', 'Reviewed-By');
const PNG = raw('image/png', Buffer.from([0x89, 0x50, 0xff]));
const QUEUED = SAVED.replace('success', 'queued');
const FAILED = { status: 500 };
const NOT_FOUND = { status: 404, body: '<error/>' };
const ERROR = raw('application/xml', '<error/>');

const redirect = (type: string) => `<page id="1" redirect="true" type="${type}"/>`;
const [INSIDE, OUTSIDE] = [redirect('internal-redirect'), redirect('external-redirect')];
const NOWHERE = /^Nothing was changed: page "A" leads .* leaves a redirect behind\. If that is/;

const reported: Array<[...Row, said: RegExp]> = [
	[
		'other tags',
		addPageTags,
		{ page, tags: 'a,b' },
		[INFO, TAGS, tags('a'), tags('a')],
		/^Expert did not confirm this .* to change the tags of page 371\. .* Not set: article:howto, Reviewed in May, b\.$/,
	],
	['a redirect elsewhere', deletePage, { page: atPath }, [OUTSIDE, OUTSIDE], NOWHERE],
	['a redirect to nothing', deletePage, { page: atPath }, [INSIDE, NOT_FOUND], NOWHERE],
	[
		'no page',
		createOrUpdatePage,
		text,
		[INFO, EDITED],
		/^Expert did not confirm that the page was saved\. Missing in the response: edit\/page\. /,
	],
	['no status', createOrUpdatePage, text, [INFO, '<edit/>'], /Missing in the response: edit\/@status\./],
	['another status', createOrUpdatePage, text, [INFO, QUEUED], /^Expert did not confirm.* if it does not\.$/],
	[
		'no ID of a new draft',
		createOrUpdateDraft,
		{ page: atPath, contents: 'x' },
		[NOT_FOUND, DRAFT.replace(' id="371"', '')],
		/draft of page "A", which is there by now\..* Missing in the response: draft\/@id\./,
	],
	[
		'no number of the newest revision',
		compareRevisions,
		{ page },
		['<page id="1"/>'],
		/Missing in the response: page\/@revision\./,
	],
	[
		'no path to look below',
		getManyPages,
		{ query: 'a', below: page },
		[INFO.replace(/<path.*<\/path>/, '')],
		/Missing in the response: page\/path\./,
	],
	[
		'no status of a draft',
		createOrUpdateDraft,
		draft,
		[INFO, DRAFT, '<edit/>'],
		/^Expert did not confirm that the draft was saved\. Missing in the response: edit\/@status\./,
	],
	[
		'plain text',
		replaceTextInPage,
		{ page, find: 'a', replaceWith: 'b' },
		[INFO, EDITED_PAGE, raw('text/plain', 'a')],
		/^Expert did not give the text as its editor has it, so nothing was changed/,
	],
	[
		'a page as readers see it',
		replaceTextInPage,
		{ page, find: 'a', replaceWith: 'b' },
		[INFO, EDITED_PAGE, '<content><body>&lt;p class="mt-empty-state"&gt;a&lt;/p&gt;</body></content>'],
		/^Expert did not give the text as its editor has it, so nothing was changed/,
	],
	[
		'no text',
		createOrUpdateDraft,
		draft,
		[INFO, NOT_FOUND, DRAFT, FAILED],
		/of the draft of page 371, which is there by now/,
	],
	['a document', downloadFile, { file }, [FILE, ERROR], /other than file 1\. .* 121345 bytes; .* 8 bytes/],
	['a web page', downloadFile, { file }, [FILE, HTML], /web page instead of file 1\. A sign-in page/],
	['no text', getPageProperty, property, [listed(3, 'image/png'), PNG], /contains image\/png, not text/],
	['another property', getPageProperty, property, [OTHER], /^There is no .*the page has ".*Reviewed-By"/],
	['400', setPageProperty, value, [INFO, NONE, inside(400)], /set the property \(400\).*said: No, \[hidden\]/],
	[
		'409',
		setPageProperty,
		value,
		[INFO, NONE, inside(409, '<error><message>No</message></error>')],
		/changed by somebody else.*\(409\).*said: No/,
	],
];

it.each(reported.map((row) => [titled(row, 'reports'), row] as const))('%s', async (_title, row) => {
	const [, operation, fields, responses, said] = row;
	const { message, description, failure } = await refusalOf(operation, fields, responses);
	const text = `${message}. ${description}`;
	expect(text).toMatch(said);
	if (!/did not confirm|Missing in the response/.test(text)) return;
	expect(failure).toBe('temporarily-unavailable');
});
