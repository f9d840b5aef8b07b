import { expect, it } from 'vitest';
import { byId, byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

const page = (operation: string, more = {}) => ({
	parameters: { resource: 'page', operation, ...more } as never,
});
const compare = (more = {}) => page('compareRevisions', { page: byPath('A'), ...more });

/** A page with three versions and a draft. */
async function siteWithRevisions() {
	const site = await openSite();
	const { pageId } = site.site.createPage('A', { html: '<p>one two three</p>', title: 'First' });
	site.site.editPage('A', { html: '<p>one 2 &amp; a half three</p>', title: 'Second' });
	site.site.editPage('A', { html: '<p>one 2 &amp; a half three</p><p>four</p>' });
	return { site, pageId };
}

it('Compare Revisions gives what the newest edit has added and removed', async () => {
	const { site } = await siteWithRevisions();
	const items = await outputOf(site, compare());
	expect(items).toEqual([
		{
			html: '<p>one 2 &amp; a half three</p><p><ins>four</ins></p>',
			...{ added: ['four'], removed: [], isSame: false, revision: 3, previous: 2 },
		},
	]);
	const { path, query } = site.apiCalls.at(-1)!;
	expect(path).toMatch(/\/pages\/=A\/diff$/);
	expect(query).toEqual({ previous: '2', revision: '3', diff: 'combined' });
	expectSchema('page', 'compareRevisions', items);
});

it.each<[string, object, object]>([
	['a version with the one before it', { revision: 2 }, { previous: '1', revision: '2' }],
	['the newest with the first', { previous: 1 }, { previous: '1', revision: '3' }],
	['any two', { revision: '3', previous: '1' }, { previous: '1', revision: '3' }],
])('Compare Revisions compares %s, and always sends both numbers', async (_what, fields, sent) => {
	const { site } = await siteWithRevisions();
	const [item] = await outputOf(site, compare(fields));
	expect(item).toMatchObject({
		removed: [expect.stringMatching(/^two/)],
		added: expect.arrayContaining([expect.stringMatching(/^2 & a half/)]),
	});
	expect(site.apiCalls.at(-1)!.query).toEqual({ ...sent, diff: 'combined' });
});

it('Compare Revisions says that two versions have the same text', async () => {
	const { site } = await siteWithRevisions();
	const [item] = await outputOf(site, compare({ revision: 2, previous: 2 }));
	expect(item).toMatchObject({ added: [], removed: [], isSame: true });
});

it('Compare Revisions does not take a response without a text for two versions that are the same', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<p>a</p>' });
	const body = { raw: '<content/>', contentType: 'application/xml' };
	site.faults.add({ match: { path: /diff$/ }, effect: { status: 200, body } });
	const { description } = await refusalOf(site, compare({ revision: 2, previous: 1 }));
	expect(description).toContain('Missing in the response: content/body');
});

it('Compare Revisions says nothing of an edit that shows no words, and does not fail', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '<p>a</p>' });
	site.site.editPage('A', { html: '<p>a <img src="x.png"></p>' });
	const raw = '<content type="application/x.deki-text"></content>';
	site.faults.add({ match: { path: /diff$/ }, effect: { status: 200, body: { raw } } });
	const items = await outputOf(site, compare());
	expect(items).toEqual([{ html: '', added: [], removed: [], revision: 2, previous: 1 }]);
});

it('Compare Revisions compares versions of a draft', async () => {
	const { site } = await siteWithRevisions();
	site.site.activateDraft('A');
	site.site.editDraft('A', { html: '<p>draft</p>' });
	const [item] = await outputOf(site, compare({ of: 'draft' }));
	expect(item).toMatchObject({ added: ['draft'], revision: 5, previous: 4, isSame: false });
	expect(site.apiCalls.at(-1)!.path).toMatch(/\/drafts\/=A\/diff$/);
	const none = compare({ of: 'draft', page: byId('home') });
	expect((await refusalOf(site, none)).message).toContain('There is no draft of the home page');
});

it('Compare Revisions says what revision 1 and a missing one have to be compared with', async () => {
	const { site, pageId } = await siteWithRevisions();
	const first = await refusalOf(site, compare({ page: byId(pageId), revision: 1 }));
	expect(first.message).toBe(`There is nothing to compare: page ${pageId} has no version before revision 1`);
	const missing = await refusalOf(site, compare({ revision: 9 }));
	expect(missing.message).toBe('There is no revision 8 or 9 of page "A"');
	const odd = await refusalOf(site, compare({ revision: 'x' }));
	expect(odd.message).toBe('"x" is not the number of a revision');
});

it('Revert makes an earlier version the newest one', async () => {
	const { site, pageId } = await siteWithRevisions();
	const items = await outputOf(site, page('revert', { page: byPath('A'), revision: 1 }));
	expect(items).toMatchObject([{ id: String(pageId), title: 'First', path: 'A', revision: 4, conflicts: 0 }]);
	expect(site.site.page('A')).toMatchObject({ html: '<p>one two three</p>', revision: 4 });
	const call = site.apiCalls.find(({ method }) => method === 'POST')!;
	expect(call.path).toMatch(new RegExp(`/pages/${pageId}/revert$`));
	const sent = { fromrevision: '1', abort: 'conflict', verbose: 'true', redirects: '0' };
	expect(call.query).toEqual(sent);
	expectSchema('page', 'revert', items);
	const [raw] = await outputOf(site, page('revert', { page: byId(pageId), revision: 2, simplify: false }));
	expect(raw).toMatchObject({ '@revision': '5', conflicts: 0 });
});

it.each([
	['no revision', { revision: 0 }, "'Revision' is 0 or empty, but revisions begin at 1"],
	['one that is missing', { revision: 9 }, 'There is no revision 9 of page "A"'],
])('Revert of %s changes nothing', async (_what, fields, said) => {
	const { site } = await siteWithRevisions();
	const { message } = await refusalOf(site, page('revert', { page: byPath('A'), ...fields }));
	expect(message).toContain(said);
	expect(site.site.page('A').revision).toBe(3);
});

it('Revert names what lifts a refusal, and reports a conflict', async () => {
	const site = await openSite();
	site.site.createPage('A', { html: '{{ template("Gone") }}' });
	site.site.editPage('A', { html: 'new' });
	const revert = (more = {}) => page('revert', { page: byPath('A'), revision: 1, ...more });
	expect((await refusalOf(site, revert())).description).toContain('choose "Missing Templates"');
	await outputOf(site, revert({ options: { allow: ['missingtemplatereference'] } }));
	expect(site.site.page('A').revision).toBe(3);
	site.faults.add({ match: { path: /revert$/ }, effect: { status: 409 } });
	const { message } = await refusalOf(site, revert());
	expect(message).toContain('Expert did not revert page');
});

it('Revert says that it is done when the page cannot be read afterwards', async () => {
	const { site, pageId } = await siteWithRevisions();
	site.faults.add({ match: { method: 'GET', path: /pages\/\d+$/ }, effect: { status: 500 } });
	const { message } = await refusalOf(site, page('revert', { page: byId(pageId), revision: 1 }));
	expect(message).toBe(`The text of page ${pageId} is reverted, but n8n could not read it afterwards`);
});

it('Revert changes no page that a redirect leads to', async () => {
	const { site } = await siteWithRevisions();
	site.site.movePage('A', 'B');
	const { message } = await refusalOf(site, page('revert', { page: byPath('A'), revision: 1 }));
	expect(message).toBe('Nothing was changed: page "A" leads to another page');
});

const NOT_CONFIRMED = 'Expert did not confirm that page "A" was reverted';

it.each([
	['counts conflicts', '<page.revert.conflicts count="2"/>', 'Expert did not revert page "A"'],
	['counts no conflict', '<page.revert.conflicts count="0"/>', NOT_CONFIRMED],
	['is empty', '', NOT_CONFIRMED],
	['is an error', '<error><message>no</message></error>', NOT_CONFIRMED],
])('Revert is not said to be done where the response %s and the page is as before', async (_what, raw, said) => {
	const { site } = await siteWithRevisions();
	site.faults.add({ match: { path: /revert$/ }, effect: { status: 200, body: { raw } } });
	const { message } = await refusalOf(site, page('revert', { page: byPath('A'), revision: 1 }));
	expect(message).toBe(said);
});

it('Revert is done where the page has that revision and the site makes no other', async () => {
	const { site } = await siteWithRevisions();
	const body = { raw: '<page.revert.conflicts count="0"/>', contentType: 'application/xml' };
	site.faults.add({ match: { path: /revert$/ }, effect: { status: 200, body } });
	const items = await outputOf(site, page('revert', { page: byPath('A'), revision: 3 }));
	expect(items).toMatchObject([{ path: 'A', revision: 3, conflicts: 0 }]);
});

it('Revert knows without asking that a page has no such revision', async () => {
	const { site } = await siteWithRevisions();
	site.faults.add({ match: { path: /revert$/ }, effect: { status: 500 } });
	const { message } = await refusalOf(site, page('revert', { page: byPath('A'), revision: 9 }));
	expect(message).toBe('There is no revision 9 of page "A"');
	expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
});
