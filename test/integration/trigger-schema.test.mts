import type { IDataObject } from 'n8n-workflow';
import { expect, it } from 'vitest';
import { eventTypes } from '../support/simulator/index.mts';
import { openPublished, useScenes } from '../support/integration/scene.mts';
import { expectTriggerSchema, triggerFields } from '../support/integration/schema.mts';

useScenes();

it('the trigger schema names every field of the items of all events, and no other', async () => {
	const { site, host } = await openPublished({
		parameters: { events: ['*', 'page_published'], pageDetails: true },
		site: { requestDetails: 'user', concurrencyPerWebhook: 1 },
	});
	const text = { html: '<p>Text</p>', tags: ['article:howto'] };
	const page = site.site.createPage('Guides/First', { by: 'editor', ...text });
	await site.idle();
	await host.idle();
	site.site.editPage(page.pageId, { title: 'Another', comment: 'Better' });
	site.site.tagPage(page.pageId, { add: ['a'], remove: ['b'] });
	for (const { path } of eventTypes) site.emit(path, { by: 'editor' });
	site.emit('pagetag_update', { page: { id: 1, path: 'A' }, tagsRemoved: ['x'] });
	const about = { page: { id: page.pageId, path: 'Guides/First' } };
	site.emit('pagerestriction_update', { ...about, restriction: { previous: 2, current: 1 } });
	site.emit('pagegrant_create', { ...about, extra: { grant: grantTo('user', 'username') } });
	site.emit('pagegrant_create', { ...about, extra: { grant: grantTo('group', 'groupname') } });
	site.settings.pageShape = 'full';
	site.emit('page_move', { by: 'editor' });
	await site.idle();
	await host.idle();
	site.site.deletePage(page.pageId);
	await site.idle();
	await host.idle();
	const items = host.outputs.flat();
	expectTriggerSchema(items);
	const seen = new Set(items.flatMap((item) => fieldsOf(item)));
	expect(triggerFields().filter((field) => !seen.has(field))).toEqual([]);
});

/** With the names that the samples lack. */
function grantTo(whom: string, name: string) {
	return { role: { '@id': 3, '#': 'Viewer' }, [whom]: { '@id': 6, [name]: 'ann' } };
}

function fieldsOf(item: IDataObject, before = ''): string[] {
	return Object.entries(item).flatMap(([name, value]) =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? fieldsOf(value as IDataObject, `${before}${name}.`)
			: [`${before}${name}`],
	);
}
