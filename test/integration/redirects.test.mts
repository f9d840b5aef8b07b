import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { byId, byPath, outcomeOf, refusalOf } from '../support/integration/action-node.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import type { Settings } from '../support/simulator/index.mts';

useScenes();

/** Each operation that changes a page, its draft, or what belongs to them. */
const WRITES: Array<[name: string, fields: IDataObject]> = [
	['page.addTags', { tags: 'new' }],
	['page.createOrUpdate', { contents: '<p>new</p>' }],
	['page.createOrUpdate', { contents: '<p>new</p>', options: { mode: 'append' } }],
	['page.delete', {}],
	['page.move', { to: 'Elsewhere' }],
	['page.removeTags', { tags: 'old' }],
	['page.replaceTags', { tags: 'new' }],
	['page.replaceText', { find: 'second', replaceWith: 'new' }],
	['page.revert', { revision: 1 }],
	['page.setProperty', { propertyName: 'name', value: 'new' }],
	['draft.createOrUpdate', { contents: '<p>new</p>' }],
	['draft.deactivate', {}],
	['draft.publish', {}],
	['draft.replaceText', { find: 'second', replaceWith: 'new' }],
	['file.upload', {}],
];

const input = [{ json: {}, binary: { data: { data: 'YWJj', mimeType: 'text/plain', fileName: 'a.txt' } } }];

function runOf(name: string, page: IDataObject, fields: IDataObject) {
	const [resource, operation] = name.split('.');
	return { parameters: { resource, operation, page, ...fields } as never, input };
}

async function siteWithMovedPage(settings: Partial<Settings> = {}) {
	const site = await openSite(settings);
	const at = new Date(Date.now() - 3_600_000);
	const { page } = site.site.createPage('Old', { html: '<p>first</p>', tags: ['old'], at });
	site.site.editPage('Old', { html: '<p>second</p>', at });
	site.site.activateDraft('Old', { at });
	site.site.movePage('Old', 'New');
	const redirect = site.site.pages.redirect('Old')!;
	const now = () => {
		const { html, tags, path, deleted, revision } = page;
		const { draft, properties } = page;
		const files = site.site.filesOf(page).length;
		const rest = { draft: draft?.html, properties: properties.size, files };
		return structuredClone({ html, tags, path, deleted, revision, ...rest });
	};
	return { site, redirect, now };
}

/** A site may follow a redirect although the node asks it not to. */
it.each(
	(['heeded', 'ignored'] as const).flatMap((asked) => WRITES.map(([name, fields]) => [name, fields, asked] as const)),
)(
	'%s stops at a redirect that is named by its ID: %j (asked not to follow it: %s)',
	async (name, fields, redirectsParameter) => {
		const { site, redirect, now } = await siteWithMovedPage({ redirectsParameter });
		const before = now();
		const { message, description } = await refusalOf(site, runOf(name, byId(redirect.id), fields));
		expect(message).toBe(`Nothing was changed: page ${redirect.id} leads to another page`);
		expect(description).toContain('at the path "New"');
		expect(now()).toEqual(before);
		expect(site.apiCalls.filter(({ method }) => method !== 'GET')).toEqual([]);
	},
);

it.each(WRITES.flatMap(([name, fields]) => [[name, 'path', fields] as const, [name, 'ID', fields] as const]))(
	'%s leaves a moved page as it is, if its redirect has no mark and is named by its %s: %j',
	async (name, how, fields) => {
		const { site, redirect, now } = await siteWithMovedPage({ marksRedirects: false });
		const before = now();
		const page = how === 'path' ? byPath('Old') : byId(redirect.id);
		await outcomeOf(site, runOf(name, page, fields));
		expect(now()).toEqual(before);
	},
);
