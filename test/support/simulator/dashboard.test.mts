import { describe, expect, it } from 'vitest';
import { CxoneExpertApi } from '../../../credentials/CxoneExpertApi.credentials.ts';
import { send, submitForm } from '../http.mts';
import { each, listening, site } from '../unit/simulator-site.mts';
import type { Simulator } from './index.mts';

const pageText = async ({ url }: Simulator) => (await send(url)).body;

/** Presses a button, and returns what the page says then. */
async function press({ url }: Simulator, fields: Record<string, string>) {
	const { status, body } = await submitForm(`${url}/dashboard/action`, fields, {
		maxRedirections: 1,
	});
	const said = /role="status">\s*<span class="(\w+)">(.*?)<\/span>/.exec(body);
	return { status, kind: said?.[1], text: said?.[2] };
}

it('the web page marks drafts and private pages, and omits deleted ones', async () => {
	const simulator = await site();
	const { site: pages } = simulator;
	pages.createDraft('Coming');
	pages.createPage('Changing');
	pages.activateDraft('Changing');
	pages.createPage('Hidden');
	pages.restrictPage('Hidden', 'Private');
	pages.createPage('Gone');
	pages.deletePage('Gone');
	const text = await pageText(simulator);
	for (const mark of ['draft', 'has a draft', 'private']) {
		expect(text).toContain(`<span class="chip">${mark}</span>`);
	}
	expect(text).not.toContain('Gone');
});

it("the web page names what a credential needs in the credential's words", async () => {
	const simulator = await site();
	const { key, secret, user } = simulator.serverToken;
	const text = await pageText(simulator);
	const labels = each(text, /<label for="connect-[^"]*">(.*?)<\/label>/g);
	const known = new CxoneExpertApi().properties.map(({ displayName }) => displayName);
	expect(labels).toHaveLength(6);
	expect(known).toEqual(expect.arrayContaining(labels));
	const { url, longTermToken, signingSecret } = simulator;
	const values = each(text, /<input id="connect-[^"]*" readonly value="(.*?)"/g);
	expect(Object.fromEntries(labels.map((label, index) => [label, values[index]]))).toEqual({
		'Site URL': url,
		'Long-Term Token': longTermToken,
		'Signing Secret': signingSecret,
		'Token Key': key,
		'Token Secret': secret,
		'Run As User': user,
	});
});

it('the web page offers the pages of the site as the place of a new one', async () => {
	const simulator = await site();
	simulator.site.createPage('Guides/Start');
	const [list = ''] = each(await pageText(simulator), /<datalist[^>]*>([^]*?)<\/datalist>/g);
	expect(each(list, /value="(.*?)"/g)).toEqual(['Guides/Start', 'Guides']);
});

describe('what the web page says after a button', () => {
	it.each([
		[{ action: 'create', title: 'New one' }, 'Created: New_one'],
		[{ action: 'create', parent: 'A', title: 'New one' }, 'Created: A/New_one'],
		[{ action: 'create', title: 'A' }, 'Created: A_2 (there is a page at A already)'],
		[{ action: 'edit' }, 'Edited: A'],
		[{ action: 'move', to: 'B C' }, 'Moved: A → B_C'],
		[{ action: 'tag', tag: 'x' }, 'Tagged x: A'],
		[{ action: 'tag', tag: 'old' }, 'No change: A has this tag'],
		[{ action: 'attach' }, 'Attached manual.pdf: A'],
		[{ action: 'delete' }, 'Deleted: A'],
		[{ action: 'import', count: '1' }, 'Imported: 1 page'],
		[
			{ action: 'import', count: '5', pause: 'yes' },
			'Imported: 5 pages. Their deliveries wait until you press Resume',
		],
		[{ action: 'pause' }, 'Deliveries paused'],
		[{ action: 'resume' }, 'Deliveries resumed'],
		[{ action: 'disable', webhook: '1' }, 'Disabled: webhook #1'],
		[{ action: 'enable', webhook: '1' }, 'Enabled: webhook #1'],
	] as Array<[Record<string, string>, string]>)(
		'the web page says after %j: %s',
		async (fields, text) => {
			const simulator = await site();
			const { pageId } = simulator.site.createPage('A', { tags: ['old'] });
			await listening(simulator);
			const said = await press(simulator, { page: String(pageId), ...fields });
			expect(said).toEqual({ status: 200, kind: 'good', text });
		},
	);

	it.each([
		[{ action: 'move', to: 'B' }, 'There is a page at B already.'],
		[{ action: 'move', to: ' ' }, 'Fill in &quot;New path&quot; first.'],
		[{ action: 'tag' }, 'Fill in &quot;Tag&quot; first.'],
		[{ action: 'edit', page: '99' }, 'There is no such page. Create one, or choose another.'],
		[{ action: 'toString' }, 'There is no action toString.'],
	] as Array<[Record<string, string>, string]>)(
		'the web page refuses %j: %s',
		async (fields, text) => {
			const simulator = await site();
			const { pageId } = simulator.site.createPage('A');
			simulator.site.createPage('B');
			const said = await press(simulator, { page: String(pageId), ...fields });
			expect(said).toEqual({ status: 400, kind: 'bad', text });
		},
	);
});

it('the notice of a disabled webhook goes when it is enabled, and is for failures only', async () => {
	const simulator = await site({ retries: 0, autoDisableAfter: 1 });
	const endpoint = await listening(simulator, 'page_create');
	endpoint.responses.push(401);
	const notices = async () => each(await pageText(simulator), /<p class="notice">([^]*?)<\/p>/g);
	expect(await notices()).toEqual([]);
	simulator.site.createPage('A');
	await simulator.idle();
	expect(await notices()).toEqual([
		expect.stringContaining('Enable it again below, or see docs/operating.md#sizing.'),
	]);
	simulator.enableWebhook(1);
	expect(await notices()).toEqual([]);
	simulator.disableWebhook(1);
	expect(await notices()).toEqual([]);
});
