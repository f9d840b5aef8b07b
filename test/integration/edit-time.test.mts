import { describe, expect, it } from 'vitest';
import { byPath, EARLIER, outcomeOf, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

useScenes();

describe.each(['page', 'draft'] as const)('Edit Time: %s', (resource) => {
	const run = (operation: string, more: object) => ({
		parameters: { resource, operation, page: byPath('A'), ...more } as never,
	});
	const save = (editTime: unknown) => run('createOrUpdate', { contents: '<p>mine</p>', options: { editTime } });

	async function opened(at: Date) {
		const site = await openSite();
		const { page } = site.site.createPage('A', { html: '<p>old</p>', at });
		if (resource === 'draft') site.site.activateDraft('A', { at });
		const edit = (when: Date) => {
			const change = { html: '<p>theirs</p>', at: when };
			if (resource === 'draft') site.site.editDraft('A', change);
			else site.site.editPage('A', change);
		};
		return { site, page, edit, htmlNow: () => (page.draft ?? page).html };
	}

	it(`${resource}: keeps an edit of the second in which the text was edited and read`, async () => {
		const { site, edit, htmlNow } = await opened(new Date());
		const [read] = await outputOf(site, run('getContents', { options: { mode: 'edit' } }));
		edit(new Date());
		const { message } = await refusalOf(site, save(read!.editedAt));
		expect(message).toContain('was changed after the given edit time, so nothing was saved');
		expect(htmlNow()).toBe('<p>theirs</p>');
	});

	it(`${resource}: waits for no second where the text is not read to edit it`, async () => {
		const { site } = await opened(new Date(Date.now() + 1_000));
		await outputOf(site, run('getContents', { options: { mode: 'view' } }));
		const looks = site.apiCalls.filter(({ path }) => /\/(?:pages|drafts)\/=A$/.test(path));
		expect(looks).toHaveLength(1);
	});

	it(`${resource}: is not said to be passed where the site refuses for another reason`, async () => {
		const { site } = await opened(EARLIER);
		const effect = { status: 409, message: 'The page breaks the guided structure (IDF)' };
		site.faults.add({ match: { method: 'POST' }, effect });
		const { message, description } = await refusalOf(site, save(EARLIER.toISOString()));
		expect(message).toMatch(`Expert did not save the ${resource} (409)`);
		expect(description).toMatch(/^The site said: The page breaks the guided structure \(IDF\)\./);
		expect(description).toContain('"Structure Errors" in the option \'Allow\'');
		expect(description).not.toMatch(/same moment/);
	});
});

describe.each([
	['page', 'page'],
	['draft', 'draft'],
	['page without a draft', 'draft'],
])('Edit Time of a %s', (what, resource) => {
	const READ = new Date('2026-01-30T16:59:45Z');
	const zone = { west: 'America/New_York', east: 'Asia/Tokyo' };

	/** @param editedAt when somebody edits the text after it was read */
	async function saved(editTime: string, more: object, editedAt?: string) {
		const site = await openSite();
		const { page } = site.site.createPage('A', { html: '<p>old</p>', at: READ });
		if (what === 'draft') site.site.activateDraft('A', { at: READ });
		if (editedAt !== undefined) (page.draft ?? page).edited = new Date(editedAt);
		const fields = { page: byPath('A'), contents: '<p>mine</p>', options: { editTime } };
		const parameters = { resource, operation: 'createOrUpdate', ...fields } as never;
		const { items, thrown } = await outcomeOf(site, { parameters, ...more });
		const { message } = (thrown ?? { message: items![0]!.json.error }) as { message?: string };
		return { isSaved: (page.draft ?? page).html === '<p>mine</p>', message };
	}

	it.each(Object.values(zone))(
		`a model's Edit Time without a zone is that of the site (${what}, %s)`,
		async (timezone) => {
			const asTool = { asTool: true, timezone };
			expect(await saved('2026-01-30T16:59:45', asTool)).toMatchObject({ isSaved: true });
			const later = await saved('2026-01-30T16:59:45', asTool, '2026-01-30T17:10:00Z');
			expect(later.message).toMatch(
				/^The (page|draft) exists, and its editedAt was not given or is old, so nothing was saved\. Read the \1 first/,
			);
			expect(later.isSaved).toBe(false);
		},
	);

	it.each(['2026-01-30T16:59:46Z', '2099-01-01T00:00:00Z', '20990101000000'])(
		`a model's Edit Time later than the last edit is refused (${what}, %s)`,
		async (editTime) => {
			const { isSaved, message } = await saved(editTime, { asTool: true });
			expect(message).toMatch(
				/^The given edit time is later than the last edit of the (page|draft), so nothing was saved/,
			);
			expect(isSaved).toBe(false);
		},
	);

	it.each([
		['the time of the site', '2026-01-30T16:59:45', zone.west],
		['the time of the site', '2026-01-30T16:59:45', zone.east],
		['that of the workflow', '2026-01-30T11:59:45', zone.west],
		['that of the workflow', '2026-01-31T01:59:45', zone.east],
	])(`an Edit Time without a zone can be %s (${what}, %s, %s)`, async (_way, editTime, timezone) => {
		expect(await saved(editTime, { timezone })).toMatchObject({ isSaved: true });
		const later = await saved(editTime, { timezone }, '2026-01-30T17:10:00Z');
		expect(later.message).toMatch(/ was changed after the given edit time, so nothing was saved/);
		expect(later.isSaved).toBe(false);
	});

	it(`an Edit Time with a zone may be later than the last edit (${what})`, async () => {
		expect(await saved('2026-01-30T17:00:00Z', {})).toMatchObject({ isSaved: true });
	});
});

/** Operations on a text that somebody has read, which write no text of their own. */
describe.each([
	{ resource: 'draft', operation: 'publish', done: 'published' },
	{ resource: 'draft', operation: 'deactivate', done: 'removed' },
	{ resource: 'page', operation: 'revert', done: 'reverted' },
])('Edit Time of $resource: $operation', ({ resource, operation, done }) => {
	const READ = new Date('2026-01-30T16:59:45Z');
	const name = `${resource}: ${operation}`;

	async function opened() {
		const site = await openSite();
		const { page } = site.site.createPage('A', { html: '<p>first</p>', at: new Date('2026-01-29T00:00:00Z') });
		site.site.editPage('A', { html: '<p>second</p>', at: READ });
		if (resource === 'draft') {
			site.site.activateDraft('A', { at: READ });
			site.site.editDraft('A', { html: '<p>draft</p>', at: READ });
		}
		const edit = (at = new Date('2026-01-30T17:10:00Z')) => {
			const change = { html: '<p>theirs</p>', at };
			if (resource === 'draft') site.site.editDraft('A', change);
			else site.site.editPage('A', change);
		};
		const run = (editTime: unknown, more: object = {}) => ({
			parameters: { resource, operation, page: byPath('A'), revision: 1, options: { editTime } } as never,
			...more,
		});
		/** What the call leaves alone if it is refused. */
		const texts = () => ({ page: page.html, draft: page.draft?.html });
		const isSent = () => site.apiCalls.some(({ path }) => path.endsWith(`/${operation}`));
		return { site, edit, run, texts, isSent };
	}

	it.each([
		['is the one given', '2026-01-30T16:59:45Z'],
		['is the one given, as the API has it', '20260130165945'],
		['is earlier', '2026-01-30T17:00:00Z'],
	])(`${name} goes on if the last edit %s`, async (_what, editTime) => {
		const { site, run, isSent } = await opened();
		const [item] = await outputOf(site, run(editTime));
		expect(item).toMatchObject({ path: 'A' });
		expect(isSent()).toBe(true);
	});

	it(`${name} is refused if somebody has edited the text since`, async () => {
		const { site, edit, run, texts, isSent } = await opened();
		edit();
		const before = texts();
		const { message, description } = await refusalOf(site, run(READ.toISOString()));
		expect(message).toContain(`The ${resource} was changed after the given edit time, so nothing was ${done}`);
		expect(description).toContain(`Read the ${resource} again, and pass the editedAt`);
		expect(texts()).toEqual(before);
		expect(isSent()).toBe(false);
	});

	it(`${name} goes on without an edit time, and reads nothing for it`, async () => {
		const { site, edit, isSent } = await opened();
		edit();
		const parameters = { resource, operation, page: byPath('A'), revision: 1 } as never;
		await outputOf(site, { parameters });
		expect(isSent()).toBe(true);
		const until = site.apiCalls.findIndex(({ path }) => path.endsWith(`/${operation}`));
		const reads = site.apiCalls.slice(0, until).filter(({ path }) => /\/(?:pages|drafts)\/\d+$/.test(path));
		expect(reads).toEqual([]);
	});

	it.each([
		['empty', '', "'Edit Time' is empty"],
		['no time', 'soon', "'Edit Time' is not a date and time"],
	])(`${name} is refused if the edit time is %s`, async (_what, editTime, said) => {
		const { site, run, isSent } = await opened();
		const { message } = await refusalOf(site, run(editTime));
		expect(message).toContain(said);
		expect(isSent()).toBe(false);
	});

	it(`${name} is refused if the site does not say when the text was edited`, async () => {
		const { site, run, isSent } = await opened();
		site.faults.add({ match: { method: 'GET' }, effect: { without: `${resource}/date.edited` } });
		const { message } = await refusalOf(site, run(READ.toISOString()));
		expect(message).toContain('returned an unexpected response while n8n tried to read the');
		expect(isSent()).toBe(false);
	});

	it.each([
		['later than the last edit', '2099-01-01T00:00:00Z', 'The given edit time is later than the last edit of'],
		['old', '2026-01-30T16:59:44Z', 'The given edit time is not that of'],
	])(`${name} refuses from a model an edit time that is %s`, async (_what, editTime, said) => {
		const { site, run, isSent } = await opened();
		const { items, thrown } = await outcomeOf(site, run(editTime, { asTool: true }));
		const { message } = (thrown ?? { message: items![0]!.json.error }) as { message: string };
		expect(message).toContain(said);
		expect(message).toContain(`so nothing was ${done}`);
		expect(message).toContain('pass the editedAt that you get');
		expect(isSent()).toBe(false);
	});
});
