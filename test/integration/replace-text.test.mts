import { describe, expect, it } from 'vitest';
import { byPath, EARLIER, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { expectSchema } from '../support/integration/schema.mts';
import { waitUntil } from '../support/wait.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import type { Simulator } from '../support/simulator/index.mts';

useScenes();

const HTML = '<p>Press the button for two&nbsp;seconds &amp; wait.</p><p>Press again.</p>';

/** In the second of an edit, the node waits. */
describe.each(['page', 'draft'] as const)('Replace Text: %s', (resource) => {
	async function opened(settings = {}) {
		const site = await openSite(settings);
		const { page } = site.site.createPage('Guides/Setup', { html: HTML, at: EARLIER });
		if (resource === 'draft') site.site.activateDraft('Guides/Setup', { at: EARLIER });
		const edit = (html: string, at: Date) =>
			resource === 'draft'
				? site.site.editDraft('Guides/Setup', { html, at })
				: site.site.editPage('Guides/Setup', { html, at });
		return { site, page, edit, htmlNow: () => (page.draft ?? page).html };
	}
	const replace = (find: unknown, replaceWith: unknown, more = {}) => ({
		parameters: {
			...{ resource, operation: 'replaceText', page: byPath('Guides/Setup') },
			...{ find, replaceWith, ...more },
		} as never,
	});
	const writes = (site: Simulator) =>
		site.apiCalls.filter(({ method }) => method !== 'GET');

	it(`${resource}: replaces the one occurrence, and leaves everything else as it is`, async () => {
		const { site, htmlNow, page } = await opened();
		const items = await outputOf(site, replace('two&nbsp;seconds', 'one <b>second</b> $&'));
		expect(items).toMatchObject([{ id: String(page.id), path: 'Guides/Setup', replaced: 1 }]);
		const replaced = HTML.replace('two&nbsp;seconds', () => 'one <strong>second</strong> $&');
		expect(htmlNow()).toBe(replaced);
		if (resource === 'draft') expect(page.html).toBe(HTML);
		expectSchema(resource, 'replaceText', items);
		const read = site.apiCalls.find(({ path }) => path.endsWith('/contents'))!;
		expect(read.query).toMatchObject({ mode: 'edit', format: 'html' });
		expect(site.apiCalls.at(-1)!.query).toEqual({
			...{ abort: 'modified', edittime: expect.stringMatching(/^\d{14}$/), redirects: '0' },
		});
	});

	it(`${resource}: refuses none, and more than one, with the count`, async () => {
		const { site } = await opened();
		const of = resource === 'draft' ? /the draft of page "Guides.Setup"/ : /page "Guides.Setup"/;
		const several = await refusalOf(site, replace('Press', 'Push'));
		expect(several.message).toMatch(of);
		expect(several.message).toContain('2 times, so nothing was changed');
		const none = await refusalOf(site, replace('press', 'push', { expect: 'all' }));
		expect(none.message).toContain('(0 occurrences), so nothing was changed');
		expect(writes(site)).toEqual([]);
	});

	it(`${resource}: replaces all if that is wanted, and removes with nothing`, async () => {
		const { site, htmlNow } = await opened();
		const items = await outputOf(site, replace('Press', '', { expect: 'all' }));
		expect(items).toMatchObject([{ replaced: 2 }]);
		expect(htmlNow()).toBe(HTML.replaceAll('Press', ''));
	});

	it.each([
		['<div class="mt-section-origin">x</div>', 'is a page as readers see it, so nothing was saved'],
		[
			'one [The text is cut here, after 3 of its 9 characters. Do not save it: the rest would be lost.]',
			'is a text that was cut, so nothing was saved',
		],
	])(`${resource}: refuses to put in what must not be saved: %s`, async (text, said) => {
		const { site, htmlNow } = await opened();
		const { message } = await refusalOf(site, replace('again', text));
		expect(message).toBe(`'Replace With' ${said}`);
		expect(htmlNow()).toBe(HTML);
	});

	it(`${resource}: keeps spaces, and takes numbers`, async () => {
		const { site, htmlNow } = await opened();
		await outputOf(site, replace(' again', 7));
		expect(htmlNow()).toContain('<p>Press7.</p>');
	});

	it.each([
		['Find', '', 'x'],
		['Find', '={{ $json.nothing }}', 'x'],
		['Replace With', 'Press', '={{ $json.nothing }}'],
	])(`${resource}: refuses %s without a value`, async (label, find, replaceWith) => {
		const { site } = await opened();
		const { message } = await refusalOf(site, replace(find, replaceWith, { expect: 'all' }));
		expect(message).toBe(`'${label}' is empty`);
		expect(writes(site)).toEqual([]);
	});

	it.each([200, 409, 412])(
		`${resource}: saves nothing over an edit of the same moment (conflict status %i)`,
		async (editConflictStatus) => {
			const { site, htmlNow, page } = await opened({ editConflictStatus });
			const text = resource === 'draft' ? page.draft! : page;
			const [before, later] = [text.edited, new Date(Date.now() + 60_000)];
			const isRead = () => site.apiCalls.some(({ path }) => path.endsWith('/contents'));
			Object.defineProperty(text, 'edited', { get: () => (isRead() ? later : before) });
			const { message, description } = await refusalOf(site, replace('again', 'twice'));
			if (editConflictStatus !== 200) expect(description).toContain('Run it again');
			const claim = editConflictStatus === 200 ? '$' : ', so nothing was saved';
			expect(message).toMatch(
				new RegExp(`^Expert reported that the ${resource} was changed at the same moment${claim}`),
			);
			expect(htmlNow()).toBe(HTML);
		},
	);

	/** Replaces while the site takes its time, and somebody else edits the text. */
	async function replacedDuring(site: Simulator, edit: () => unknown) {
		site.faults.add({ match: { method: 'POST' }, effect: { delayMs: 300 } });
		const replacing = refusalOf(site, replace('again', 'twice'));
		await waitUntil('the text is sent', () => writes(site).length === 1);
		edit();
		return await replacing;
	}

	it(`${resource}: keeps an edit of the second in which the text was edited before`, async () => {
		const { site, edit, htmlNow } = await opened();
		edit(HTML, new Date());
		edit(`${HTML}<p>Mine.</p>`, new Date());
		const { message } = await replacedDuring(site, () =>
			edit(`${HTML}<p>Theirs.</p>`, new Date()),
		);
		expect(message).toContain('changed at the same moment');
		expect(htmlNow()).toContain('Theirs.');
	});

	it(`${resource}: says that it has saved over an edit that the site took for none`, async () => {
		const { site, edit, page } = await opened();
		const { message, description } = await replacedDuring(site, () => {
			edit(`${HTML}<p>Theirs.</p>`, EARLIER);
			// Else the site would refuse a text that was sent before.
			delete page.lastWrite;
		});
		expect(message).toBe(`Expert reported that the ${resource} was changed at the same moment`);
		expect(description).toContain('to see which text it has now');
	});

	it(`${resource}: says why the site refuses to save, and how to allow it`, async () => {
		const { site } = await opened();
		const effect = { status: 409, message: 'The page breaks the guided structure (IDF)' };
		site.faults.add({ match: { method: 'POST' }, effect });
		const { message, description } = await refusalOf(site, replace('again', 'twice'));
		expect(message).toMatch(`Expert did not save the ${resource} (409)`);
		expect(description).toMatch(/^The site said: The page breaks the guided structure \(IDF\)\./);
		expect(description).toContain('"Structure Errors" in the option \'Allow\'');
		expect(description).not.toMatch(/same moment|Run it again/);
	});
});

describe('text and markup', () => {
	const MIXED =
		'<p class="Setup">Use Setup now, then Setup.</p><a href="/Guides/Setup" title="Setup">Setup</a><pre class="script">wiki.page("Guides/Setup")</pre><!-- Setup --><script>Setup</script>{{ page("Setup") }} Setup';

	async function outcome(html: string, fields: object, asTool = true) {
		const site = await openSite();
		const { page } = site.site.createPage('A', { html, at: EARLIER });
		const parameters = {
			...{ resource: 'page', operation: 'replaceText', page: byPath('A') },
			...fields,
		} as never;
		const [item] = await outputOf(site, { parameters, asTool });
		return { replaced: item!.replaced, error: String(item!.error), html: page.html };
	}

	it('Replace Text leaves addresses, class names, comments and scripts alone', async () => {
		const fields = { find: 'Setup', replaceWith: 'Install', expect: 'all' };
		const { replaced, html } = await outcome(MIXED, fields);
		expect(replaced).toBe(4);
		expect(html).toBe(
			'<p class="Setup">Use Install now, then Install.</p><a href="/Guides/Setup" title="Setup">Install</a><pre class="script">wiki.page("Guides/Setup")</pre><!-- Setup --><script>Setup</script>{{ page("Setup") }} Install',
		);
	});

	it.each([
		['a tag', '<a href="/Guides/Setup"', '<a href="/Guides/Install"'],
		['a script', '{{ page("Setup") }}', '{{ page("Install") }}'],
	])('Replace Text changes %s that is named whole', async (_what, find, replaceWith) => {
		const { html } = await outcome(MIXED, { find, replaceWith }, false);
		expect(html).toBe(MIXED.replace(find, replaceWith));
	});

	it.each([
		['of a tag', '<div>a note</div>', 'div', 'p'],
		['of an address', '<a href="/x">y</a>', 'href="/x"', 'href="/z"'],
		['of a character that is written by its name', 'AT&amp;T', 'amp', 'lamp'],
		['of an escaped ampersand', 'AT&amp;T', '&', 'and'],
	])('Replace Text changes no part %s, and says why', async (_what, html, find, replaceWith) => {
		const { error, html: after } = await outcome(html, { find, replaceWith, expect: 'all' });
		expect(error).toMatch(/is in page "A" only within tags, .*must have its < or >/);
		expect(after).toBe(html);
	});

	it('Replace Text finds text with an escaped character in it', async () => {
		const fields = { find: 'AT&amp;T', replaceWith: 'X', expect: 'all' };
		expect(await outcome('<p>a AT&amp;T&amp;T b</p>', fields)).toMatchObject({
			...{ replaced: 1, html: '<p>a X&amp;T b</p>' },
		});
	});

	it('Replace Text does not choose between occurrences that overlap, and replaces all from the left', async () => {
		const fields = { find: 'aa', replaceWith: 'b' };
		const { error, html } = await outcome('<p>aaa</p>', fields);
		expect(error).toContain('is in page "A" 2 times');
		expect(html).toBe('<p>aaa</p>');
		const all = await outcome('<p>aaaaa</p>', { ...fields, expect: 'all' });
		expect(all).toMatchObject({ replaced: 2, html: '<p>bba</p>' });
	});

	it('Replace Text saves nothing if the new text is the old one', async () => {
		const { error } = await outcome('<p>a</p>', { find: 'a', replaceWith: 'a' });
		expect(error).toMatch(/^'Replace With' is the same as 'Find', so nothing was changed/);
	});
});
