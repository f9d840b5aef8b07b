import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';

import { pageToChange } from '../../../nodes/CxoneExpert/actions/page/find-page.ts';
import type { OperationContext } from '../../../nodes/CxoneExpert/actions/operation.ts';
import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { runningJobs } from '../../../nodes/CxoneExpert/actions/webhook/health/site-jobs.ts';
import { type ApiClient, readRoot } from '../../../nodes/CxoneExpert/api/client.ts';
import {
	listArchivedPages,
	listDeletedWith,
	listRevisions,
	readArchivedPage,
	readPage,
} from '../../../nodes/CxoneExpert/api/pages.ts';
import { archivedPageItem } from '../../../nodes/CxoneExpert/api/page-fields.ts';
import { attribute, children } from '../../../nodes/CxoneExpert/api/xml.ts';
import { currentUser } from '../../../nodes/CxoneExpert/api/token-check.ts';
import { pageDetails } from '../../../nodes/CxoneExpert/trigger/execution/page-details.ts';
import { idOfUnnamedPage } from '../../../nodes/CxoneExpert/trigger/execution/unnamed-page.ts';
import { findUsers } from '../../../nodes/CxoneExpert/trigger/publish/users.ts';
import {
	creation,
	deletion,
	edit,
	recoveredItem,
} from '../../../nodes/CxoneExpert/trigger/watch/change.ts';
import {
	changedPages,
	modifiedAt as modifiedTime,
} from '../../../nodes/CxoneExpert/trigger/watch/changed-pages.ts';
import { expectSchema, promisedFields } from '../../support/integration/schema.mts';
import { SOMETIMES } from '../../support/tables/sometimes.mts';
import apiCalls from '../../support/unit/api-calls.json' with { type: 'json' };
import { calls, SampleSite } from '../../support/unit/sample-site.mts';
import { parameters } from '../../support/unit/samples.mts';
import { sampleOf, samplesBeside } from '../../support/vendor-samples.mts';

/* The vendor's sample of each call goes through the very code that reads it: nothing of it may be missed. */

interface Reading {
	/** The call whose sample it is about, as api-calls.json names it. */
	call: string;
	/** Who reads it. */
	reader: string;
	read: (site: SampleSite) => Promise<unknown>;
	gives: unknown;
}

function operation(
	call: string,
	[resource, name, fields, n8n]: Parameters<SampleSite['run']>,
	gives: IDataObject[],
): Reading {
	const read = async (site: SampleSite) => await site.run(resource, name, fields, n8n);
	return { call, reader: `${resource}.${name}`, read, gives };
}

function list(call: string, parts: Parameters<SampleSite['list']>, gives: IDataObject[]): Reading {
	return { call, reader: parts[0], read: async (site) => await site.list(...parts), gives };
}

function other(
	call: string,
	reader: string,
	read: (api: ApiClient) => Promise<unknown>,
	gives: unknown,
): Reading {
	return { call, reader, read: async ({ api }) => await read(api), gives };
}

const byId = (value: string) => ({ mode: 'id', value });
const byPath = (value: string) => ({ mode: 'path', value });

const names = (id: string, title: string, path: string) => ({
	...{ id, title, path },
	url: `https://site.example/${path}`,
});
const RESET = names('371', 'Reset the phone', 'Guides/Phones/Basics/Reset');
const SWITCH = names('372', 'Switch on', 'Guides/Phones/Switch_on');
const SETUP = names('373', 'Set up', 'Guides/Phones/Set_up');
const CABLES = names('374', 'Cables', 'Guides/Phones/Set_up/Cables');

const [JANE, ROBIN] = [
	{ id: '7', name: 'jdoe', fullName: 'Jane Doe' },
	{ id: '6', name: 'rroe', fullName: 'Robin Roe' },
];
const situation = { language: 'en-US', draftState: 'inactive' };
const times = { createdAt: '2026-03-02T08:15:00Z', editedAt: '2026-04-05T09:25:00Z' };
const modifiedAt = '2026-04-06T10:35:00Z';
const since = '2026-01-01T00:00:00Z';
const HTML = '<h2>What it does</h2><p>Hold both buttons &amp; wait.</p>';

const pageReadings: Reading[] = [
	operation(
		'GET pages/{id}',
		['page', 'get', { page: byId('371') }],
		[
			{
				...RESET,
				summary: 'Hold both buttons for ten seconds.',
				tags: ['article:howto'],
				revision: 4,
				author: JANE,
				...situation,
				...times,
			},
		],
	),
	other(
		'GET pages/{id}',
		'page details',
		async (api) => pageDetails(await readPage(api, '371', 'page 371')),
		{
			...RESET,
			author: JANE,
			tags: ['article:howto'],
			...situation,
			revision: 4,
		},
	),
	other(
		'GET pages/{id}/info',
		'pageToChange',
		async (api) =>
			await pageToChange(runAt(api), { key: '=x', label: 'the page', path: RESET.path }),
		{ key: '371', label: 'the page', path: RESET.path },
	),
	operation(
		'GET pages/{id}/contents',
		['page', 'getContents', { page: byId('371'), options: { includeToc: true } }],
		[
			{
				...{
					page: RESET,
					title: RESET.title,
					revision: 4,
					type: 'text/html',
					format: 'html',
				},
				contents: HTML,
				tableOfContents:
					'<ol><li><a href="#What_it_does" rel="internal">What it does</a></li></ol>',
			},
		],
	),
	operation(
		'GET pages/{id}/contents',
		['page', 'getContents', { page: byPath(RESET.path) }],
		[
			{
				page: { title: RESET.title, path: RESET.path, url: RESET.url },
				title: RESET.title,
				revision: 4,
				type: 'text/html',
				format: 'html',
				contents: HTML,
			},
		],
	),
	operation(
		'GET pages/{id}/find',
		['page', 'getChangedSince', { since }],
		[
			{
				change: 'created',
				...SWITCH,
				tags: ['Reviewed in May', 'article:topic-guide'],
				...situation,
				createdAt: times.createdAt,
				modifiedAt,
			},
		],
	),
	other('GET pages/{id}/find', 'recovery', changedSince, [['372', Date.parse(modifiedAt)]]),
	other('GET pages/{id}/find', 'unnamed page', async (api) => await idOf(api, 'created'), '372'),
	operation(
		'GET pages/{id}/revisions',
		['page', 'getChangedSince', { since: times.editedAt, options: { itemFor: 'revision' } }],
		[
			{
				change: 'edited',
				...RESET,
				revision: 4,
				description: '12 words added',
				author: JANE,
				...situation,
				...times,
			},
		],
	),
	operation(
		'GET pages/{id}/revisions',
		['page', 'getRevisions', { page: byId('371') }],
		[
			{ ...RESET, revision: 4, description: '12 words added', author: JANE, ...times },
			{
				...RESET,
				revision: 3,
				description: 'Page created, 7 words added',
				author: JANE,
				...times,
				editedAt: '2026-04-04T09:15:00Z',
			},
		],
	),
	other(
		'GET pages/{id}/revisions',
		'recovery',
		async (api) => {
			const [newest] = await listRevisions(api, '371');
			return [...creation(newest!), ...edit(newest!)].map((change) =>
				recoveredItem(change, parameters()),
			);
		},
		[
			expect.objectContaining({
				eventType: 'page_create',
				page: { ...RESET, revision: 4, draftState: 'inactive' },
				user: { id: '7', name: 'jdoe' },
				language: 'en-US',
				occurredAt: times.createdAt,
			}),
			expect.objectContaining({
				eventType: 'pagecontent_update',
				page: { ...RESET, revision: 4, draftState: 'inactive' },
				user: { id: '7', name: 'jdoe' },
				language: 'en-US',
				occurredAt: times.editedAt,
			}),
		],
	),
	operation(
		'GET pages/{id}/subpages',
		['page', 'getSubpages', { page: byId('369') }],
		[
			{
				...SWITCH,
				article: 'topic-guide',
				revision: 2,
				createdAt: times.createdAt,
				modifiedAt,
				hasSubpages: true,
				fileCount: 2,
			},
		],
	),
	list(
		'GET pages/{id}/subpages',
		['searchPages'],
		[
			{ name: 'Home Page', value: 'home', url: 'https://site.example' },
			{ name: 'Switch on (Guides/Phones/Switch_on)', value: '372', url: SWITCH.url },
		],
	),
	operation(
		'POST pages/{id}/contents',
		['page', 'createOrUpdate', { page: byId('371'), contents: '<p>x</p>' }],
		[{ ...RESET, revision: 4, createdAt: times.createdAt, created: false }],
	),
	operation(
		'POST pages/{id}/move',
		['page', 'move', { page: byId('371'), to: RESET.path }],
		[{ ...RESET, createdAt: times.createdAt }],
	),
	operation(
		'POST pages/{id}/copy',
		['page', 'copy', { page: byId('371'), to: SWITCH.path }],
		[{ ...SWITCH, createdAt: times.createdAt }],
	),
	operation(
		'DELETE pages/{id}',
		['page', 'delete', { page: byId('371') }],
		[{ ...RESET, deletedAt: '2026-05-07T11:45:00Z', deleted: true }],
	),
	operation(
		'GET pages/{id}/tags',
		['page', 'getTags', { page: byPath(RESET.path) }],
		[{ page: { id: '371', path: RESET.path }, tags: ['article:howto', 'Reviewed in May'] }],
	),
	...['addTags', 'removeTags', 'replaceTags'].map((name) =>
		operation(
			'PUT pages/{id}/tags',
			[
				'page',
				name,
				{ page: byPath(RESET.path), tags: name === 'removeTags' ? 'article:howto' : 'article:x' },
			],
			[
				{
					page: { id: '371', path: RESET.path },
					tags: ['Reviewed in May'],
					added: [],
					removed: ['article:howto'],
				},
			],
		),
	),
];

const property = {
	...{
		page: { id: '371', path: RESET.path },
		name: 'urn:example.com#reviewed-by',
		value: 'jdoe, mroe',
	},
	...{ type: 'text/plain; charset=utf-8', size: 10, revision: 6 },
	...{ modifiedAt: '2026-04-07T12:00:00Z', etag: '61.r6_ts2026-04-07T12:00:00Z' },
};
const ofProperty = { page: byPath(RESET.path), propertyName: property.name };

const file = {
	...{ id: '88', name: 'front-view.jpeg', page: { id: '380', path: 'Media:Pictures' } },
	url: 'https://site.example/@api/deki/files/88/front-view.jpeg',
	...{ type: 'image/jpeg', size: 121_345, revision: 2, modifiedAt: '2026-03-11T14:00:00Z' },
	...{ description: 'The phone from the front', altText: 'A phone on a table' },
};
const picture = { data: '', mimeType: 'image/jpeg', fileName: file.name };

const partReadings: Reading[] = [
	operation('GET pages/{id}/properties', ['page', 'getProperty', ofProperty], [property]),
	operation(
		'PUT pages/{id}/properties',
		['page', 'setProperty', { ...ofProperty, value: property.value }],
		[property],
	),
	list(
		'GET pages/{id}/files',
		['searchFiles', '', { page: byId('371') }],
		[
			{ name: file.name, value: '88', url: file.url },
			{ name: 'back-view.jpeg', value: '89', url: file.url.replace('88/front', '89/back') },
		],
	),
	operation(
		'PUT pages/{id}/files/{name}',
		['file', 'upload', { page: byPath(RESET.path) }, { binary: { data: picture } }],
		[file],
	),
	operation(
		'GET pages/{id}/files',
		['file', 'getMany', { page: byId('371') }],
		[
			{ ...file, page: { id: '371', path: RESET.path } },
			{
				...{ id: '89', name: 'back-view.jpeg', page: { id: '371', path: RESET.path } },
				url: file.url.replace('88/front', '89/back'),
				...{ type: 'image/jpeg', size: 98_765, revision: 1, modifiedAt: '2026-03-13T16:00:00Z' },
				...{ description: 'The phone from behind', altText: 'The back of a phone' },
			},
		],
	),
	operation('GET files/{id}/info', ['file', 'get', { file: byId('88') }], [file]),
	operation('GET files/{id}/info', ['file', 'download', { file: byId('88') }], [file]),
];

const DRAFT = { ...SETUP, url: `${SETUP.url}?mt-draft=true`, revision: 1 };
const draftTimes = { createdAt: '2026-03-04T08:16:00Z', editedAt: times.editedAt, modifiedAt };
const newPage = { draftOf: 'newPage', path: RESET.path };

const draftReadings: Reading[] = [
	operation(
		'GET drafts/{id}',
		['draft', 'get', { page: byId('373') }],
		[{ ...DRAFT, ...draftTimes, state: 'unpublished' }],
	),
	operation(
		'GET drafts/{id}/contents',
		['draft', 'get', { page: byId('373'), options: { includeContents: true } }],
		[{ ...DRAFT, ...draftTimes, state: 'unpublished', contents: '<p>Plug it in, then wait.</p>' }],
	),
	// What is made or ended is read again.
	...[
		['activate', { page: byId('373') }] as const,
		['create', newPage] as const,
		['contents', { ...newPage, options: { contents: '<p>x</p>' } }] as const,
	].map(([call, fields]) =>
		operation(
			`POST drafts/{id}/${call}`,
			['draft', 'create', fields],
			[{ ...DRAFT, ...draftTimes, state: 'unpublished' }],
		),
	),
	...['publish', 'deactivate'].map((name) =>
		operation(
			`POST drafts/{id}/${name}`,
			['draft', name, { page: byId('371') }],
			[{ ...RESET, ...times, modifiedAt, revision: 4, state: 'inactive' }],
		),
	),
];

const user = {
	...{ ...JANE, email: 'jane.doe@example.com', status: 'active', role: 'Admin', isSeated: true },
	...{ createdAt: '2025-02-04T09:30:00Z', lastLoginAt: '2026-05-03T06:45:00Z' },
};
const anonymous = {
	...{ id: '2', name: 'Anonymous', fullName: 'Nobody Known', status: 'active', role: 'Viewer' },
	...{ isSeated: false, createdAt: '2025-01-01T00:00:00Z' },
};

const archived = {
	...{ id: SETUP.id, path: SETUP.path, title: SETUP.title },
	...{ deletedAt: '2026-05-07T11:45:00Z', deletedBy: ROBIN },
};

const webhook = {
	...{ id: '31', guid: 'c0ffee00-1111-4222-8333-444455556666' },
	...{ url: 'https://n8n.example.com/webhook/one', active: true, consecutiveFailures: 3 },
	...{ events: ['page_move', 'pagetag_update'], createdAt: '2026-02-01T07:00:00Z' },
};
const secondWebhook = {
	...{ id: '32', guid: 'c0ffee00-7777-4888-8999-aaaabbbbcccc' },
	...{ url: 'https://n8n.example.com/webhook/two', active: true, consecutiveFailures: 0 },
	...{ events: ['attachment_create', 'page_copy'], createdAt: '2026-02-02T08:00:00Z' },
};

const siteReadings: Reading[] = [
	operation('GET users', ['user', 'getMany'], [user, anonymous]),
	list(
		'GET users',
		['searchUsers'],
		[
			{ name: 'Jane Doe (jdoe)', value: '7' },
			{ name: 'Nobody Known (Anonymous)', value: '2' },
		],
	),
	other('GET users', 'token check', checkOfFirstUser, { id: '7', name: 'jdoe', isAdmin: true }),
	operation('GET users/{id}', ['user', 'get', { user: byId('2') }], [anonymous]),
	other(
		'GET users/{id}',
		'token check',
		async (api) => await currentUser(api).catch(({ kind }: { kind: string }) => kind),
		'anonymous',
	),
	other(
		'GET users/{id}',
		'publishing',
		async (api) => await findUsers(api, { names: ['x'], own: false }),
		{ ids: { excluded: ['2'] }, unknown: [], failure: undefined },
	),
	list(
		'GET archive/pages',
		['searchArchivedPages'],
		[{ name: 'Set up (Guides/Phones/Set_up)', value: '373' }],
	),
	other(
		'GET archive/pages',
		'recovery',
		async (api) => {
			const [page] = await listArchivedPages(api);
			return deletion(page!).map((change) => recoveredItem(change, parameters()));
		},
		[
			expect.objectContaining({
				eventType: 'page_delete',
				page: { id: SETUP.id, path: SETUP.path, title: SETUP.title },
				user: { id: '6', name: 'rroe' },
				occurredAt: archived.deletedAt,
			}),
		],
	),
	other('GET archive/pages', 'unnamed page', async (api) => await idOf(api, 'deleted'), '373'),
	operation(
		'GET archive/pages/{id}/info',
		['archivedPage', 'get', { archivedPage: byId('373') }],
		[archived],
	),
	other(
		'GET archive/pages/{id}/info',
		'page details',
		async (api) => archivedPageItem(await readArchivedPage(api, '373')),
		archived,
	),
	operation(
		'GET archive/pages/{id}/contents',
		['archivedPage', 'get', { archivedPage: byId('373'), options: { includeContents: true } }],
		[{ ...archived, contents: 'Plug it in first.' }],
	),
	other(
		'GET archive/pages/{id}/subpages',
		'recovery',
		async (api) => (await listDeletedWith(api, '373')).map((page) => attribute(page, 'id')),
		['374', '375'],
	),
	operation(
		'POST archive/pages/{id}/restore',
		['archivedPage', 'restore', { archivedPage: byId('373') }],
		[
			{ ...SETUP, revision: 1, createdAt: '2026-03-04T08:16:00Z' },
			{ ...CABLES, revision: 1, createdAt: '2026-03-04T08:17:00Z' },
		],
	),
	operation(
		'GET site/query',
		['page', 'getMany', { query: 'x' }],
		[
			{
				...{ ...RESET, type: 'page', author: { name: 'jdoe' }, preview: 'Hold both buttons' },
				...{ modifiedAt, tags: ['article:howto'], rank: 0.75 },
			},
		],
	),
	list(
		'GET site/query',
		['searchPages', 'x'],
		[{ name: `Reset the phone (${RESET.path})`, value: '371', url: RESET.url }],
	),
	other('GET site/jobs', 'Check Health', runningJobs, [
		{ type: 'EXPORT', status: 'IN_PROGRESS', completed: 12, total: 48 },
	]),
	operation('GET webhooks', ['webhook', 'getMany'], [webhook, secondWebhook]),
	operation('GET webhooks/{id}', ['webhook', 'get', { webhook: byId('31') }], [webhook]),
];

const readings = [...pageReadings, ...partReadings, ...draftReadings, ...siteReadings];

/** Of these nothing is read but that they succeed, or there is no sample; and why. */
const NOT_READ: Record<string, string> = {
	'POST webhooks': 'no sample: the first id in the response is looked for',
	'PUT webhooks/{id}': 'the webhook is read again',
	'DELETE webhooks/{id}': 'no sample',
	'PUT webhooks/{id}/events/{event}': 'the webhook is read again',
	'DELETE webhooks/{id}/events/{event}': 'no sample',
	'DELETE files/{id}': 'no sample',
	'PUT drafts/{id}/title': 'no sample: the draft is read again',
	'GET pages/{id}/properties/{name}': 'no sample: the value as it is',
	'GET files/{id}': 'no sample: the content as it is',
	'GET files/{id}/{name}': 'no sample: for people, by the address in the item',
};

/** The contents that are announced in the samples. */
const CONTENTS = { 'GET files/{id}': { type: file.type, body: Buffer.alloc(file.size) } };

it.each(readings.map((reading) => [reading.reader, reading.call, reading] as const))(
	'%s reads all that it needs in the sample of %s',
	async (_reader, call, { read, gives }) => {
		const site = new SampleSite(CONTENTS);
		expect(await read(site)).toEqual(gives);
		expect(site.asked).toContain(call);
	},
);

it('each call has a sample that is read, or a reason why not, and no sample is without a call', () => {
	const known = [...readings.map(({ call }) => call), ...Object.keys(NOT_READ)];
	expect([...new Set(known)].sort()).toEqual([...new Set(calls)].sort());
	expect(readings.filter(({ call }) => sampleOf(call) === undefined)).toEqual([]);
	expect(samplesBeside(calls)).toEqual([]);
	const noted = Object.values(apiCalls).flatMap((ofResource) =>
		Object.values(ofResource).flatMap((each) => each.split(', ')),
	);
	expect(noted.filter((call) => !known.includes(call))).toEqual([]);
});

/** Operations that give what they found out themselves, or a webhook as *Webhook: Get* gives it. */
const OF_OUR_OWN = [
	...['file.delete', 'webhook.delete'],
	...['webhook.checkHealth', 'webhook.sendTestDelivery'],
];
const LIKE_GET = ['addEvent', 'disable', 'enable', 'removeEvent', 'update'].map(
	(name) => `webhook.${name}`,
);

const promises = resources.flatMap(({ value: resource, operations }) =>
	operations.map(({ value }) => [resource, value] as const),
);
const isOneOf =
	(list: string[]) =>
	([resource, name]: readonly [string, string]) =>
		list.includes(`${resource}.${name}`);

it.each(promises.filter((each) => !isOneOf([...OF_OUR_OWN, ...LIKE_GET])(each)))(
	'%s: %s gives the fields of its schema where the site responds with the samples, but those that it gives sometimes',
	async (resource, name) => {
		const own = readings.filter(({ reader }) => reader === `${resource}.${name}`);
		const given = await Promise.all(
			own.map(async ({ read }) => await read(new SampleSite(CONTENTS))),
		);
		const items = (given as IDataObject[][]).flat();
		expectSchema(resource, name, items);
		const fields = new Set(items.flatMap((item) => fieldsOf(item)));
		const missing = promisedFields(resource, name).filter((field) => !fields.has(field));
		const sometimes = fieldsOf(SOMETIMES[`${resource}.${name}`] ?? {});
		expect(sometimes).toEqual(expect.arrayContaining(missing));
	},
);

it.each(promises.filter(isOneOf(LIKE_GET)))(
	'%s: %s promises what Webhook: Get promises',
	(resource, name) => {
		expect(promisedFields(resource, name)).toEqual(promisedFields('webhook', 'get'));
	},
);

/** Names of all fields, those within others with dots between. */
function fieldsOf(item: IDataObject, before = ''): string[] {
	return Object.entries(item).flatMap(([name, value]) =>
		typeof value === 'object' && !Array.isArray(value)
			? fieldsOf(value as IDataObject, `${before}${name}.`)
			: [`${before}${name}`],
	);
}

/** What helpers of operations need of a run. */
function runAt(api: ApiClient): OperationContext {
	const site = {
		read: async (...call: [Parameters<typeof readRoot>[1], string]) => await readRoot(api, ...call),
	};
	return { site } as unknown as OperationContext;
}

/** What recovery looks at: it finds out by the samples how deep `find` looks. */
async function changedSince(api: ApiClient) {
	const found: unknown[] = [];
	const period = { since: Date.parse(since), until: Date.parse('2026-06-01T00:00:00Z') };
	for await (const part of changedPages(api, 'https://site.example', period)) {
		if (part instanceof Error) throw part;
		found.push(...part.map((page) => [attribute(page, 'id'), modifiedTime(page)]));
	}
	return found;
}

async function idOf(api: ApiClient, change: 'created' | 'deleted') {
	const at = Date.parse(change === 'created' ? times.createdAt : archived.deletedAt);
	const event = { kind: 'unnamed page', change, at } as const;
	return await idOfUnnamedPage(api, 'https://site.example', event, Date.parse(since));
}

/** As if the first of the list were who we are: the sample of the call itself shows nobody. */
async function checkOfFirstUser(api: ApiClient) {
	const root = await readRoot(api, { method: 'GET', path: '/users', doing: 'list' }, 'users');
	const document = { name: 'user', root: children(root, 'user')[0]! };
	return await currentUser({
		call: async () => ({ status: 200, headers: {}, body: '', document }),
	});
}
