import { expect, it } from 'vitest';

import { restoreArchivedPage } from '../../../nodes/CxoneExpert/actions/archived-page/restore.operation.ts';
import { createDraft } from '../../../nodes/CxoneExpert/actions/draft/create.operation.ts';
import { downloadFile } from '../../../nodes/CxoneExpert/actions/file/download.operation.ts';
import type { Operation } from '../../../nodes/CxoneExpert/actions/operation.ts';
import { createOrUpdatePage } from '../../../nodes/CxoneExpert/actions/page/create-or-update.operation.ts';
import { deletePage } from '../../../nodes/CxoneExpert/actions/page/delete.operation.ts';
import { getPageContents } from '../../../nodes/CxoneExpert/actions/page/get-contents.operation.ts';
import { getPageProperty } from '../../../nodes/CxoneExpert/actions/page/get-property.operation.ts';
import { movePage } from '../../../nodes/CxoneExpert/actions/page/move.operation.ts';
import { setPageProperty } from '../../../nodes/CxoneExpert/actions/page/set-property.operation.ts';
import {
	addPageTags,
	getPageTags,
	removePageTags,
} from '../../../nodes/CxoneExpert/actions/page/tags.operations.ts';
import { getUser } from '../../../nodes/CxoneExpert/actions/user/get.operation.ts';
import * as drafts from '../../support/unit/draft-samples.mts';
import { SAMPLE as FILE } from '../../support/unit/file-samples.mts';
import { DELETED, INFO } from '../../support/unit/page-samples.mts';
import { LISTED, NONE, propertyName } from '../../support/unit/property-samples.mts';
import { refusalOf, runOperation, type StubResponse } from '../../support/unit/stub-site.mts';
import { BEFORE, responseWith, TAGS } from '../../support/unit/tags-samples.mts';

/* What the vendor does not promise, and the simulator does not send. */

const page = { mode: 'id', value: '1' };
const atPath = { mode: 'path', value: 'A' };
const file = '1';
const contents = { page, options: { contents: 'x' } };
const property = { page: atPath, propertyName };
const SAVED = '<edit status="success"><page id="2" revision="1"/></edit>';
const LISTED_AS = (size: number, value: string) =>
	LISTED.replace('size="2"', `size="${size}"`).replace('>[]<', `>${value}<`);
const raw = (type: string, body: StubResponse & (string | Buffer)) => ({ type, body });

type Row = [what: string, Operation, fields: object, StubResponse[]];

it.each<[...Row, item: object]>([
	[
		'Move: no page, because it is there already',
		movePage,
		{ page, to: 'Example/ExamplePage' },
		[INFO, '<pages.moved count="0"/>'],
		{ id: '426', path: 'Example/ExamplePage' },
	],
	[
		'Delete: a page that it does not call deleted',
		deletePage,
		{ page },
		[INFO, DELETED.replace(' deleted="true"', '')],
		{ id: '179', deleted: true },
	],
	[
		'Delete: no page',
		deletePage,
		{ page },
		[INFO, '<deletedpages/>'],
		{ id: '426', deleted: true },
	],
	[
		'Restore: no page',
		restoreArchivedPage,
		{ archivedPage: '149', to: 'A' },
		['<pages.restored/>'],
		{ id: '149', path: 'A' },
	],
	[
		'Create Draft: no draft behind its text',
		createDraft,
		contents,
		[drafts.SAMPLE, '<edit status="success"/>'],
		drafts.ITEM,
	],
	[
		'Get Contents: no body',
		getPageContents,
		{ page },
		['<content revision="1"/>'],
		{ contents: '', revision: 1 },
	],
	[
		'Get Contents: another type than was asked for',
		getPageContents,
		{ page },
		[{ status: 203, body: '<content type="text/x"/>' }],
		{ format: 'html', type: 'text/x' },
	],
	[
		'Get Tags: no tags, nor an ID',
		getPageTags,
		{ page: atPath },
		['<tags/>'],
		{ page: { path: 'A' }, tags: [] },
	],
	[
		'Add Tags: other tags than were sent',
		addPageTags,
		{ page, tags: 'a,b' },
		[TAGS, responseWith('a')],
		{ tags: ['a'], added: ['a'], removed: BEFORE },
	],
	[
		'Remove Tags: none left',
		removePageTags,
		{ page, tags: 'a' },
		[responseWith('a'), '<tags/>'],
		{ tags: [], removed: ['a'] },
	],
	[
		'Get Property: a value in another charset',
		getPageProperty,
		property,
		[LISTED_AS(1, ''), raw('text/plain; charset="ISO-8859-1"', Buffer.from([0xe9]))],
		{ value: 'é' },
	],
	[
		'Get Property: neither size nor type',
		getPageProperty,
		property,
		[LISTED.replace(/<contents [^>]*>\[\]<\/contents>/, ''), raw('application/octet-stream', 'x')],
		{ value: 'x' },
	],
	[
		'Set Property: no value',
		setPageProperty,
		{ page, propertyName, value: 'x' },
		[NONE, LISTED_AS(9, '')],
		{ value: 'x' },
	],
	[
		'Create or Update: no revision',
		createOrUpdatePage,
		{ page, contents: 'x' },
		[SAVED.replace(' revision="1"', '')],
		{ id: '2' },
	],
	[
		'Get User: Anonymous by its number',
		getUser,
		{ user: '2' },
		['<user anonymous="true" id="2"/>'],
		{ id: '2' },
	],
])('a site may respond with %s', async (_what, operation, fields, responses, item) => {
	const { items } = await runOperation(operation, fields, responses);
	expect(items).toEqual([expect.objectContaining(item)]);
});

const html = Buffer.from('<!doctype html><html>Größe</html>');
const htmlFile = (size: number) =>
	FILE.replace('type="image/jpeg" size="30238"', `type="text/html" size="${size}"`);
const status = (code: number) =>
	`<properties><property name="${propertyName}"><status code="${code}">No, secret-token</status></property></properties>`;

it.each<[...Row, said: RegExp]>([
	[
		'Create or Update: no page',
		createOrUpdatePage,
		{ page, contents: 'x' },
		['<edit status="success"/>'],
		/^Expert did not confirm that the page was saved\./,
	],
	[
		'Create or Update: another status',
		createOrUpdatePage,
		{ page, contents: 'x' },
		[SAVED.replace('success', 'queued')],
		/^Expert did not confirm/,
	],
	[
		'Create Draft: a conflict with status 200',
		createDraft,
		contents,
		[drafts.SAMPLE, '<edit status="conflict"/>'],
		/cannot do this with the draft of page 1 /,
	],
	[
		'Create Draft: a failure of its text alone',
		createDraft,
		contents,
		[drafts.SAMPLE, { status: 500 }],
		/save the text of the draft of page 1, which is there already/,
	],
	[
		'Restore: an archived page without a path',
		restoreArchivedPage,
		{ archivedPage: '149' },
		['<page.archive/>'],
		/^The archive does not name the former path of page 149\./,
	],
	[
		'Download: a document of the API',
		downloadFile,
		{ file },
		[FILE, raw('application/xml', '<error/>')],
		/other than file 1\. .* 30238 bytes; the site sent 8 bytes/,
	],
	[
		'Download: a web page for an image',
		downloadFile,
		{ file },
		[FILE, raw('text/html', html)],
		/a web page instead of file 1\. A sign-in page/,
	],
	[
		'Download: a web page as long as the image',
		downloadFile,
		{ file },
		[FILE.replace('30238', String(html.length)), raw('text/html', html)],
		/a web page instead/,
	],
	[
		'Download: another web page',
		downloadFile,
		{ file },
		[htmlFile(html.length + 1), raw('text/html', html)],
		/a web page instead/,
	],
	[
		'Get Contents: another document',
		getPageContents,
		{ page },
		['<other/>'],
		/unexpected response/,
	],
	[
		'Get Contents: half a document',
		getPageContents,
		{ page },
		['<content><body>'],
		/unexpected response/,
	],
	[
		'Get Property: bytes that are no text',
		getPageProperty,
		property,
		[
			LISTED_AS(3, '').replace('text/plain; charset=utf-8', 'image/png'),
			raw('image/png', Buffer.from([0x89, 0x50, 0xff])),
		],
		/contains image\/png, not text/,
	],
	[
		'Get Property: another property alone',
		getPageProperty,
		property,
		[LISTED.replaceAll('_editedby', '_EditedBy')],
		/^There is no property ".*#_editedby" at page "A"\. .*"urn:custom.mindtouch.com#_EditedBy"/,
	],
	[
		'Set Property: a status inside',
		setPageProperty,
		{ page, propertyName, value: 'x' },
		[NONE, { status: 207, body: status(400) }],
		/did not set the property \(400\).*The site said: No, \[hidden\]/,
	],
	[
		'Set Property: a conflict inside',
		setPageProperty,
		{ page, propertyName, value: 'x' },
		[NONE, { status: 207, body: status(409) }],
		/was changed by somebody else.*\(409\)/,
	],
	[
		'Set Property: no property',
		setPageProperty,
		{ page, propertyName, value: 'x' },
		[NONE, NONE],
		/^Expert did not confirm that the property was set/,
	],
	[
		'Get User: Anonymous for its token',
		getUser,
		{ user: 'current' },
		['<user anonymous="true"/>'],
		/^The site does not accept the token/,
	],
])(
	'what a site must not respond with is reported: %s',
	async (_what, operation, fields, responses, said) => {
		const { message, description } = await refusalOf(operation, fields, responses);
		expect(`${message}. ${description}`).toMatch(said);
	},
);
