import { expect, it } from 'vitest';
import { site } from '../unit/simulator-site.mts';

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
	const text = await (await fetch(simulator.url)).text();
	for (const mark of ['draft', 'has a draft', 'private']) {
		expect(text).toContain(`<span class="chip">${mark}</span>`);
	}
	expect(text).not.toContain('Gone');
});
