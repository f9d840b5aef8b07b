import { describe, expect, it } from 'vitest';
import { replaced } from '../../nodes/CxoneExpert/actions/text/replaced.ts';
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
	const writes = (site: Simulator) => site.apiCalls.filter(({ method }) => method !== 'GET');

	it(`${resource}: replaces the one occurrence, and leaves everything else as it is`, async () => {
		const { site, htmlNow, page } = await opened();
		const items = await outputOf(site, replace('two&nbsp;seconds', 'one <b>second</b> $&'));
		expect(items).toMatchObject([{ id: String(page.id), path: 'Guides/Setup', replaced: 1 }]);
		const after = HTML.replace('two&nbsp;seconds', () => 'one <strong>second</strong> $&');
		expect(htmlNow()).toBe(after);
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
		const { message } = await replacedDuring(site, () => edit(`${HTML}<p>Theirs.</p>`, new Date()));
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
});

const MIXED =
	'<p class="Setup">Use Setup now, then Setup.</p><a href="/Guides/Setup" title="Setup">Setup</a><pre class="script">wiki.page("Guides/Setup")</pre><!-- Setup --><script>Setup</script>{{ page("Setup") }} Setup';
const MIXED_INSTALL =
	'<p class="Setup">Use Install now, then Install.</p><a href="/Guides/Setup" title="Setup">Install</a><pre class="script">wiki.page("Guides/Setup")</pre><!-- Setup --><script>Setup</script>{{ page("Setup") }} Install';

const link = (to: string) => `<a href="/Guides/${to}"`;
const script = (of: string) => `{{ page("${of}") }}`;

it.each<[what: string, html: string, find: string, replaceWith: string, after: string]>([
	['texts, not addresses, names, comments or scripts', MIXED, 'Setup', 'Install', MIXED_INSTALL],
	['a tag that is named whole', `${link('A')}>A</a>`, link('A'), link('B'), `${link('B')}>A</a>`],
	['a script that is named whole', `A ${script('A')}`, script('A'), script('B'), `A ${script('B')}`],
	['an escaped character', '<p>AT&amp;T&amp;T b</p>', 'AT&amp;T', 'X', '<p>X&amp;T b</p>'],
	['occurrences that overlap, from the left', '<p>aaaaa</p>', 'aa', 'b', '<p>bba</p>'],
])('Replace Text changes %s', (_what, html, find, replaceWith, after) => {
	expect(replaced(html, { find, replaceWith, expect: 'all' }, 'page').html).toBe(after);
});

const ONLY_WITHIN = /only within tags, comments, scripts or characters/;

it.each<[what: string, html: string, find: string, replaceWith: string, said: RegExp]>([
	['a part of a tag', '<div>a note</div>', 'div', 'p', ONLY_WITHIN],
	['a part of an address', '<a href="/x">y</a>', 'href="/x"', 'href="/z"', ONLY_WITHIN],
	['a part of a character that is written by its name', 'AT&amp;T', 'amp', 'lamp', ONLY_WITHIN],
	['an escaped ampersand', 'AT&amp;T', '&', 'and', ONLY_WITHIN],
	['one of several that overlap', '<p>aaa</p>', 'aa', 'b', /is in page 2 times/],
	['a text into itself', '<p>a</p>', 'a', 'a', /^'Replace With' is the same as 'Find'/],
])('Replace Text does not change %s', (_what, html, find, replaceWith, said) => {
	expect(() => replaced(html, { find, replaceWith, expect: 'one' }, 'page')).toThrow(said);
});

/* What a node has read and saves again is what the site has, to the letter, or is not saved. */

/** @param body as the site writes it */
async function siteWithText(body: string) {
	const site = await openSite();
	const { page } = site.site.createPage('A', { html: '<p>old</p>', at: EARLIER });
	const raw = `<content type="text/html"><body>${body}</body></content>`;
	const match = { method: 'GET', path: /\/contents$/ };
	site.faults.add({ match, effect: { status: 200, body: { raw } } });
	return { site, page };
}

const onPage = (operation: string, more: object) => ({
	parameters: { resource: 'page', operation, page: byPath('A'), ...more } as never,
});
const replaceText = onPage('replaceText', { find: 'Press', replaceWith: 'Push' });
const readToEdit = onPage('getContents', { format: 'html', options: { mode: 'edit' } });

it.each([
	['an emoji as two decimal references', 'Done &#55357;&#56832;! Press.', 'Done 😀! Push.'],
	['an emoji as two hexadecimal references', '&#x1F600;&#xd83d;&#xDE00;A Press.', '😀😀A Push.'],
	['an emoji as two references in CDATA', '<![CDATA[&#xD83D;&#xDE00; Press]]>', '&#xD83D;&#xDE00; Push'],
	['no-break spaces at its ends', '\u00A0Press.\u00A0', '\u00A0Push.\u00A0'],
	['a wide space at its end', 'Press.\u3000', 'Push.\u3000'],
	['a control character', 'Press\u0001.', 'Push\u0001.'],
	['a control character in CDATA', '<![CDATA[&#1; Press]]>', '&#1; Push'],
])('Replace Text keeps %s', async (_what, body, saved) => {
	const { site, page } = await siteWithText(body);
	await outputOf(site, replaceText);
	expect(page.html).toBe(saved);
	expect(await outputOf(site, readToEdit)).toMatchObject([{ editedAt: expect.any(String) }]);
});

it.each([
	['half an emoji', 'Press &#xD83D;.'],
	['a reference to a control character', 'A&#x1;B Press.'],
	['bytes of another charset', 'Gr\uFFFD\uFFFDe. Press.'],
	['elements within its text', 'Press <strong>both</strong> buttons. Press.'],
	['elements alone', '<p>Press</p>'],
])('a text with %s is not saved again, and comes without editedAt', async (_what, body) => {
	const { site, page } = await siteWithText(body);
	const { message } = await refusalOf(site, replaceText);
	expect(message).toBe('Expert did not give the text as its editor has it, so nothing was changed');
	expect(page.html).toBe('<p>old</p>');
	const [item] = await outputOf(site, readToEdit);
	expect(item).not.toHaveProperty('editedAt');
});

it('Add Tags does not write tags that arrived broken', async () => {
	const { site, page } = await siteWithText('');
	page.tags = ['x'];
	const raw = '<tags count="1"><tag value="Gr&#xD83D;n"/></tags>';
	site.faults.add({
		match: { method: 'GET', path: /\/tags$/ },
		effect: { status: 200, body: { raw } },
	});
	const { message } = await refusalOf(site, onPage('addTags', { tags: 'new' }));
	expect(message).toContain('unexpected response');
	expect(page.tags).toEqual(['x']);
});
