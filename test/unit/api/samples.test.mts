import type { IDataObject } from 'n8n-workflow';
import { beforeAll, expect, it } from 'vitest';

import { resources } from '../../../nodes/CxoneExpert/actions/resources.ts';
import { runningJobs } from '../../../nodes/CxoneExpert/api/site.ts';
import { expectSchema, promisedFields } from '../../support/integration/schema.mts';
import { present } from '../../support/present.mts';
import { SOMETIMES } from '../../support/tables/sometimes.mts';
import apiCalls from '../../support/unit/api-calls.json' with { type: 'json' };
import { calls, SampleSite } from '../../support/unit/sample-site.mts';
import type { StubResponse } from '../../support/unit/stub-site.mts';
import { sampleOf, samplesBeside } from '../../support/vendor-samples.mts';

/*
 * The vendor's sample of each call goes through the operations that read it: nothing of it may be missed. What
 * items hold is said in items.test.mts and in the integration tests of the operations.
 */

const byId = (value: string) => ({ mode: 'id', value });
const byPath = (value: string) => ({ mode: 'path', value });

const RESET = 'Guides/Phones/Basics/Reset';
const since = '2026-01-01T00:00:00Z';
const contents = '<p>x</p>';
const propertyName = 'urn:example.com#reviewed-by';
const withContents = { options: { includeContents: true } };
const picture = { data: '', mimeType: 'image/jpeg', fileName: 'front-view.jpeg' };

type Run = Parameters<SampleSite['run']>;

const runs: Run[] = [
	['page', 'get', { page: byId('371') }],
	['page', 'getContents', { page: byId('371'), options: { includeToc: true, mode: 'edit' } }],
	['page', 'getContents', { page: byId('371'), format: 'markdown' }],
	['page', 'getChangedSince', { since }],
	['page', 'getChangedSince', { since, options: { itemFor: 'revision' } }],
	['page', 'compareWithIndex', { below: byId('371'), index: '[]' }],
	['page', 'getRevisions', { page: byId('371') }],
	['page', 'getSubpages', { page: byId('369') }],
	['page', 'getTree', { page: byId('369'), options: { includeContents: true } }],
	['page', 'createOrUpdate', { page: byId('371'), contents }],
	['page', 'move', { page: byId('371'), to: RESET }],
	['page', 'copy', { page: byId('371'), to: 'Guides/Phones/Switch_on' }],
	['page', 'delete', { page: byId('371') }],
	['page', 'getTags', { page: byPath(RESET) }],
	['page', 'addTags', { page: byPath(RESET), tags: 'Reviewed in May' }],
	['page', 'removeTags', { page: byPath(RESET), tags: 'article:howto' }],
	['page', 'replaceTags', { page: byPath(RESET), tags: 'Reviewed in May' }],
	['page', 'getProperty', { page: byPath(RESET), propertyName }],
	['page', 'setProperty', { page: byPath(RESET), propertyName, value: 'jdoe, mroe' }],
	['page', 'getMany', { query: 'x' }],
	['page', 'compareRevisions', { page: byId('371') }],
	['page', 'compareRevisions', { page: byId('373'), of: 'draft', revision: 2 }],
	['page', 'replaceText', { page: byId('371'), find: '<p>', replaceWith: '<p class="x">' }],
	['passage', 'getMany', { question: 'How do I reset the phone?' }],
	['page', 'getBrokenLinks', { page: byId('371') }],
	['page', 'getHealthReport', { page: byId('371') }],
	['site', 'getSearchTerms'],
	['tag', 'getMany'],
	['tag', 'addToPages', { tags: 'new', pages: '371' }],
	['tag', 'removeFromPages', { tags: 'new', pages: '371' }],
	['tag', 'getPages', { tag: { mode: 'name', value: 'New in 2026' } }],
	['file', 'upload', { page: byPath(RESET) }, { binary: { data: picture } }],
	['file', 'getMany', { page: byId('371') }],
	['file', 'get', { file: byId('88') }],
	['file', 'download', { file: byId('88') }],
	['file', 'rename', { file: byId('88'), newName: 'front.jpeg' }],
	['draft', 'get', { page: byId('373') }],
	['draft', 'getContents', { page: byId('373') }],
	['draft', 'getMany', { below: byId('home') }],
	['user', 'getMany'],
	['user', 'get', { user: byId('2') }],
	['archivedPage', 'get', { archivedPage: byId('373'), ...withContents }],
	['archivedPage', 'restore', { archivedPage: byId('373') }],
	['webhook', 'getMany'],
	['webhook', 'get', { webhook: byId('31') }],
];

const DIFF = '<content type="application/x.deki-text">&lt;del&gt;a&lt;/del&gt;&lt;ins&gt;b&lt;/ins&gt;</content>';
const DRAFTS = listOf(present(sampleOf('GET drafts/{id}')));

/** Each entry is a page with its draft: docs/vendor-facts.md#drafts. */
function listOf(sample: string): string {
	const [, attributes, inner] = /^<draft ([^>]*)>([^]*)<\/draft>$/.exec(sample)!;
	return `<drafts><pages><page>${inner}<draft ${attributes}/></page></pages></drafts>`;
}

/** The contents that are announced in the samples, and responses without one. */
const CONTENTS = {
	'GET files/{id}': { type: 'image/jpeg', body: Buffer.alloc(121_345) },
	'GET pages/{id}/diff': DIFF,
	'GET drafts/{id}/diff': DIFF,
	'GET drafts': DRAFTS,
};

const NOT_FOUND = { status: 404 };

/** The page of the draft samples, and the page of the others after one more edit. */
const OF_DRAFT = {
	'GET pages/{id}/info': present(sampleOf('GET pages/{id}/info')).replace('371', '373'),
};
const TAGGED = present(sampleOf('PUT drafts/{id}/tags')).replace('<tag ', '<tag value="article:topic" /><tag ');
const LATER = present(sampleOf('GET pages/{id}')).replace('revision="4"', 'revision="5"');

/** Runs at a site that lacks something, or has something else. */
const special: Array<readonly [Run, Record<string, StubResponse>]> = [
	[['page', 'revert', { page: byId('371'), revision: 1 }], { 'GET pages/{id}': LATER }],
	[['draft', 'createOrUpdate', { page: byId('373'), contents }], OF_DRAFT],
	[
		['draft', 'createOrUpdate', { page: byId('373'), contents, options: { articleType: 'topic' } }],
		{ ...OF_DRAFT, 'PUT drafts/{id}/tags': TAGGED },
	],
	[['draft', 'replaceText', { page: byId('373'), find: 'wait', replaceWith: 'x' }], OF_DRAFT],
	[['draft', 'publish', { page: byId('373') }], OF_DRAFT],
	[['draft', 'deactivate', { page: byId('373') }], OF_DRAFT],

	[['draft', 'createOrUpdate', { page: byId('373'), contents }], { ...OF_DRAFT, 'GET drafts/{id}': NOT_FOUND }],
	[['draft', 'createOrUpdate', { page: byPath('New'), contents }], { 'GET pages/{id}/info': NOT_FOUND }],
];

/** What each run gives, and what it asked, as api-calls.json names it. */
const outcomes: Array<{ run: Run; items: IDataObject[]; asked: string[] }> = [];
beforeAll(async () => {
	for (const [run, others] of [...runs.map((each) => [each, {}] as const), ...special]) {
		const site = new SampleSite({ ...CONTENTS, ...others });
		outcomes.push({ run, items: await site.run(...run), asked: site.asked });
	}
});

it.each<[string, (site: SampleSite) => Promise<unknown>, unknown]>([
	[
		'GET archive/pages',
		async (site) => await site.list('searchArchivedPages'),
		[{ name: 'Set up (Guides/Phones/Set_up)', value: '373' }],
	],
	[
		'GET site/jobs',
		async ({ api }) => await runningJobs(api),
		[{ type: 'EXPORT', status: 'IN_PROGRESS', completed: 12, total: 48 }],
	],
])('the sample of %s, which no operation reads, is read', async (call, read, gives) => {
	const site = new SampleSite();
	expect(await read(site)).toEqual(gives);
	expect(site.asked).toEqual([call]);
});

/** Not read by an operation; of some nothing is read but that they succeed, or there is no sample; and why. */
const NOT_READ: Record<string, string> = {
	'GET archive/pages': 'by a list',
	'GET archive/pages/{id}/subpages': 'by the probe',
	'GET site/jobs': 'by Check Health',
	'POST webhooks': 'no sample: the first id in the response is looked for',
	'PUT webhooks/{id}': 'the webhook is read again',
	'DELETE webhooks/{id}': 'no sample',
	'PUT webhooks/{id}/events/{event}': 'the webhook is read again',
	'DELETE webhooks/{id}/events/{event}': 'no sample',
	'DELETE files/{id}': 'no sample',
	'GET pages/{id}/diff': 'no sample: the text as it is',
	'GET drafts/{id}/diff': 'no sample: the text as it is',
	'POST pages/{id}/revert': 'no sample: the page is read again',
	'GET drafts': 'no sample, but the names of elements and attributes',
	'GET pages/{id}/properties/{name}': 'no sample: the value as it is',
	'GET files/{id}': 'no sample: the content as it is',
	'GET files/{id}/{name}': 'no sample: for people, by the address in the item',
};

it('each call has a sample that is read, or a reason why not, and no sample is without a call', () => {
	const read = outcomes.flatMap(({ asked }) => asked);
	const known = new Set([...read, ...Object.keys(NOT_READ)]);
	expect([...known].sort()).toEqual([...new Set(calls)].sort());
	const lacking = [...known].filter((call) => sampleOf(call) === undefined);
	expect(lacking.filter((call) => !(call in NOT_READ))).toEqual([]);
	expect(samplesBeside(calls)).toEqual([]);
	const noted = Object.values(apiCalls).flatMap((ofResource) =>
		Object.values(ofResource).flatMap((each) => each.split(', ')),
	);
	expect(noted.filter((call) => !known.has(call))).toEqual([]);
});

/** Operations that give what they found out themselves, or a webhook as *Webhook: Get* gives it. */
const OF_OUR_OWN = /^(file\.delete$|webhook\.(?!get))/;

const promises = resources.flatMap(({ value: resource, operations }) =>
	operations
		.filter(({ value }) => !OF_OUR_OWN.test(`${resource}.${value}`))
		.map(({ value }) => [resource, value] as const),
);

it.each(promises)(
	'%s: %s gives the fields of its schema where the site responds with the samples, but those that it gives sometimes',
	(resource, name) => {
		const own = outcomes.filter(({ run }) => run[0] === resource && run[1] === name);
		const items = own.flatMap((outcome) => outcome.items);
		expectSchema(resource, name, items);
		const fields = new Set(items.flatMap((item) => fieldsOf(item)));
		const missing = promisedFields(resource, name).filter((field) => !fields.has(field));
		const sometimes = fieldsOf(SOMETIMES[`${resource}.${name}`] ?? {});
		expect(sometimes).toEqual(expect.arrayContaining(missing));
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
