import type { IDataObject } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';

import { change } from '../support/integration/foreign.mts';
import { outputOf } from '../support/integration/action-node.mts';
import { failureOf } from '../support/integration/advice.mts';
import { log } from '../support/integration/log.mts';
import { openPublished, openScene, type Scene, useScenes } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import { elementAt } from '../support/present.mts';
import type { Settings } from '../support/simulator/index.mts';

useScenes();

/* Publishing a draft may send `draft:publish`, beside `page.content:update` or instead of it. */

const HAS_IT = { knowsDraftPublish: true };
const events = ['pagecontent_update'];

const eventsOf = ({ site }: Scene) => elementAt(site.webhooks(), 0).events;
const asksFor = ({ site }: Scene) => site.apiCalls.filter(({ path }) => path.endsWith('/events/draft_publish'));

describe('publish registers the publication of drafts', () => {
	it.each([[['page_published']], [['pagecontent_update']], [['*']]])(
		'with %j, where the site has it',
		async (chosen) => {
			const scene = await openPublished({ parameters: { events: chosen }, site: HAS_IT });
			expect(eventsOf(scene)).toContain('Draft_Publish');
		},
	);

	it('not with other events, and no longer once the content is not chosen any more', async () => {
		const scene = await openPublished({ parameters: { events }, site: HAS_IT });
		scene.host.row.node.parameters.events = ['page_create'];
		await scene.host.production.publish();
		expect(eventsOf(scene)).toEqual(['Page_Create']);
	});

	it.each([400, 404, 403, 500])(
		'once, where the site refuses it with %i, and goes on without it in silence',
		async (unknownEventTypeStatus) => {
			const site = { unknownEventTypeStatus };
			const scene = await openPublished({ parameters: { events }, site });
			expect(eventsOf(scene)).toEqual(['PageContent_Update']);
			expect(asksFor(scene)).toHaveLength(1);
			const watch = await Watch.start(scene.host);
			for (let checks = 0; checks < 3; checks++) await watch.anotherTick();
			expect(asksFor(scene)).toHaveLength(1);
			expect(watch.failures).toEqual([]);
			expect(log.of('warn')).toEqual([]);
			await scene.host.production.publish();
			expect(asksFor(scene)).toHaveLength(2);
		},
	);

	it.each([
		['refuses', {}, []],
		['has', HAS_IT, ['draft_publish']],
	])('Check Health finds nothing amiss where the site %s it', async (_how, site, registered) => {
		const scene = await openPublished({ parameters: { events }, site });
		const options = { webhookUrl: scene.host.url };
		const parameters = { resource: 'webhook', operation: 'checkHealth', options };
		const [item] = await outputOf(scene.site, {
			parameters: { ...parameters, expectedEvents: events },
		});
		expect(item).toMatchObject({ healthy: true, missingEvents: [], findings: [] });
		expect(item!.events).toEqual([...events, ...registered]);
	});

	it('a check keeps it where the site has it, and a repair registers it again', async () => {
		const scene = await openPublished({ parameters: { events }, site: HAS_IT });
		const watch = await Watch.start(scene.host);
		await watch.tick();
		expect(eventsOf(scene)).toEqual(['PageContent_Update', 'Draft_Publish']);
		await change(scene.site, 'DELETE', '1');
		await watch.anotherTick();
		expect(eventsOf(scene)).toEqual(['PageContent_Update', 'Draft_Publish']);
	});

	it('chosen by its name it is needed', async () => {
		const parameters = {
			events: ['pagecontent_update', 'other'],
			additionalEvents: 'draft:publish',
		};
		const { host } = await openScene({ parameters });
		const error = await failureOf(host.production.publish());
		expect(error.message).toMatch(/does not know the event "draft_publish"/);
	});
});

describe('a publication', () => {
	async function publishDraft(parameters: IDataObject, settings: Partial<Settings>): Promise<unknown[]> {
		const scene = await openPublished({ parameters, site: { ...HAS_IT, ...settings } });
		const { site } = scene.site;
		site.createDraft('Page');
		await scene.site.idle();
		await scene.host.idle();
		site.publishDraft('Page');
		await scene.site.idle();
		await scene.host.idle();
		expect(scene.host.failures).toEqual([]);
		return scene.host.outputs.flat().map(({ eventType, eventName }) => `${eventType}: ${eventName}`);
	}

	const FIRES = ['contentUpdate', 'both', 'draftPublish'] as const;

	it.each(FIRES)('is one item of both choices where the site fires %s', async (publicationFires) => {
		const chosen = ['page_published', 'pagecontent_update'];
		const items = await publishDraft({ events: chosen, pageDetails: true }, { publicationFires });
		expect(items).toEqual(['pagecontent_update: Page Published']);
	});

	it('comes as both of its events where draft_publish is chosen by name', async () => {
		const parameters = {
			events: ['pagecontent_update', 'other'],
			additionalEvents: 'draft_publish',
		};
		const items = await publishDraft(parameters, { publicationFires: 'both' });
		expect(items.toSorted()).toEqual(['draft_publish: Draft Published', 'pagecontent_update: Page Updated: Content']);
	});

	it('does not keep out an edit of the page a minute later', async () => {
		const site = { ...HAS_IT, publicationFires: 'both' } as const;
		const scene = await openPublished({ parameters: { events }, site });
		scene.site.site.createDraft('Page');
		scene.site.site.publishDraft('Page');
		scene.site.site.editPage('Page', { at: new Date(Date.now() + 60_000) });
		await scene.site.idle();
		await scene.host.idle();
		expect(scene.host.outputs.flat()).toHaveLength(2);
	});
});

it('where nobody can tell the page, the publication is marked: its content update may have come', async () => {
	const scene = await openPublished({
		parameters: { events },
		site: { ...HAS_IT, publicationFires: 'both', eventBody: 'thin' },
	});
	scene.site.site.createDraft('Page');
	scene.site.site.publishDraft('Page');
	await scene.site.idle();
	await scene.host.idle();
	const marks = scene.host.outputs.flat().map(({ redelivered }) => redelivered === true);
	expect(marks.toSorted()).toEqual([false, true]);
});
