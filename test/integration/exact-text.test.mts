import { expect, it } from 'vitest';
import { byPath, EARLIER, outputOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';

/* What a node has read and saves again is what the site has, to the letter, or is not saved. */

useScenes();

/** @param body as the site writes it */
async function opened(body: string) {
	const site = await openSite();
	const { page } = site.site.createPage('A', { html: '<p>old</p>', at: EARLIER });
	const raw = `<content type="text/html"><body>${body}</body></content>`;
	const match = { method: 'GET', path: /\/contents$/ };
	site.faults.add({ match, effect: { status: 200, body: { raw } } });
	return { site, page };
}

const named = (operation: string, more: object) => ({
	parameters: { resource: 'page', operation, page: byPath('A'), ...more } as never,
});
const replaceText = named('replaceText', { find: 'Press', replaceWith: 'Push' });
const readToEdit = named('getContents', { format: 'html', options: { mode: 'edit' } });

it.each([
	['an emoji as two decimal references', 'Done &#55357;&#56832;! Press.', 'Done 😀! Push.'],
	['an emoji as two hexadecimal references', '&#x1F600;&#xd83d;&#xDE00;A Press.', '😀😀A Push.'],
	[
		'an emoji as two references in CDATA',
		'<![CDATA[&#xD83D;&#xDE00; Press]]>',
		'&#xD83D;&#xDE00; Push',
	],
	['no-break spaces at its ends', '\u00A0Press.\u00A0', '\u00A0Push.\u00A0'],
	['a wide space at its end', 'Press.\u3000', 'Push.\u3000'],
	['a control character', 'Press\u0001.', 'Push\u0001.'],
	['a control character in CDATA', '<![CDATA[&#1; Press]]>', '&#1; Push'],
])('Replace Text keeps %s', async (_what, body, saved) => {
	const { site, page } = await opened(body);
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
	const { site, page } = await opened(body);
	const { message } = await refusalOf(site, replaceText);
	expect(message).toBe('Expert did not give the text as its editor has it, so nothing was changed');
	expect(page.html).toBe('<p>old</p>');
	const [item] = await outputOf(site, readToEdit);
	expect(item).not.toHaveProperty('editedAt');
});

it('Add Tags does not write tags that arrived broken', async () => {
	const { site, page } = await opened('');
	page.tags = ['x'];
	const raw = '<tags count="1"><tag value="Gr&#xD83D;n"/></tags>';
	site.faults.add({
		match: { method: 'GET', path: /\/tags$/ },
		effect: { status: 200, body: { raw } },
	});
	const { message } = await refusalOf(site, named('addTags', { tags: 'new' }));
	expect(message).toContain('unexpected response');
	expect(page.tags).toEqual(['x']);
});
