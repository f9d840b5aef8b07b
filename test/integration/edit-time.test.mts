import { describe, expect, it } from 'vitest';
import { byPath, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import { waitUntil } from '../support/wait.mts';

useScenes();

const EARLIER = new Date(Date.now() - 3_600_000);

describe.each(['page', 'draft'] as const)('Edit Time: %s', (resource) => {
	const run = (operation: string, more: object) => ({
		parameters: { resource, operation, page: byPath('A'), ...more } as never,
	});
	const save = (editTime: unknown) =>
		run('createOrUpdate', { contents: '<p>mine</p>', options: { editTime } });

	async function opened(at: Date) {
		const site = await openSite();
		const { page } = site.site.createPage('A', { html: '<p>old</p>', at });
		if (resource === 'draft') site.site.activateDraft('A', { at });
		const edit = (when: Date) => {
			const change = { html: '<p>theirs</p>', at: when };
			if (resource === 'draft') site.site.editDraft('A', change);
			else site.site.editPage('A', change);
		};
		return { site, edit, htmlNow: () => (page.draft ?? page).html };
	}

	it(`${resource}: keeps an edit of the second in which the text was edited and read`, async () => {
		const { site, edit, htmlNow } = await opened(new Date());
		const [read] = await outputOf(site, run('getContents', { options: { mode: 'edit' } }));
		edit(new Date());
		const { message } = await refusalOf(site, save(read!.editedAt));
		expect(message).toContain('was changed after the given edit time, so nothing was saved');
		expect(htmlNow()).toBe('<p>theirs</p>');
	});

	it(`${resource}: says that it has saved over an edit that the site took for none`, async () => {
		const { site, edit } = await opened(EARLIER);
		site.faults.add({ match: { method: 'POST' }, effect: { delayMs: 300 } });
		const saving = refusalOf(site, save(EARLIER.toISOString()));
		await waitUntil('the text is sent', () =>
			site.apiCalls.some(({ method }) => method === 'POST'),
		);
		edit(EARLIER);
		const { message } = await saving;
		expect(message).toBe(`Expert reported that the ${resource} was changed at the same moment`);
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
