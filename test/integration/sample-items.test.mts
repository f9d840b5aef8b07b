import type { IDataObject } from 'n8n-workflow';
import { beforeAll, expect, it } from 'vitest';
import { canonicalEventName, EVENT_TYPES } from '../../nodes/CxoneExpert/api/event-types.ts';
import { PAGE_PUBLISHED } from '../../nodes/CxoneExpert/event/choices.ts';
import { template, templateNames } from '../support/e2e/template.mts';
import { openSite, useScenes, closeAll, openScene, type Scene } from '../support/integration/scene.mts';
import { expectTriggerSchema } from '../support/integration/schema.mts';
import { jsonText } from '../support/json-text.mts';
import { filesOf, textOf } from '../support/unit/documents.mts';
import { eventBytes } from '../support/unit/samples.mts';
import { v1, v5 } from 'uuid';
import { elementAt } from '../support/present.mts';
import type { Page, Simulator, Subject } from '../support/simulator/index.mts';
import { pinDataOf } from '../support/integration/pin-data.mts';
import { now, send } from '../support/integration/delivery.mts';
import { pretendProcessStarted } from '../support/integration/package-under-test.mts';

/*
 * The sample items and those in the ready-made workflows are written by these tests: when the trigger
 * gives something else, `npm run docs` rewrites them, and the documents with them.
 */

useScenes();

let samples: Record<string, IDataObject>;
beforeAll(async () => {
	samples = await makeSampleItems();
});

it('each sample item is what the trigger gives for an event of its type', async () => {
	expectTriggerSchema(Object.values(samples));
	await expect(await jsonText(samples)).toMatchFileSnapshot('../../examples/sample-items.json');
});

/** They ask the site for all that they need. */
const WITHOUT_SAMPLES = [
	'answers-chat',
	'answers-for-users',
	'mcp-server',
	'search-gaps-to-drafts',
	'simple-vector-store',
	'status-page',
	'vector-store',
];
const withSamples = templateNames().filter((name) => !WITHOUT_SAMPLES.includes(name));

it.each(withSamples)('workflow %s has samples pinned to the nodes that need a site', async (name) => {
	const { pinData: _before, ...workflow } = template(name);
	const openAt = async (tags: string[]) => {
		const simulator = await openSite();
		furnish(simulator, tags);
		return simulator;
	};
	const pinData = await pinDataOf(name, samples, openAt);
	const text = sameInEachRun(await jsonText({ ...workflow, pinData }));
	await expect(text).toMatchFileSnapshot(`../../examples/workflows/${name}.json`);
});

it('the sample of a page that was created is the published delivery with the page in it', async () => {
	const { xml } = sampleEvent(await openSite(), 'page_create');
	const [published = ''] = eventBytes('v1').toString().split('</request>');
	expect(xml.startsWith(published)).toBe(true);
	expect(xml).toContain('<path>Guides/Setup</path>');
});

/** Each element with its attributes, such as `page@id`; the text is left out. */
function partsOf(xml: string): string[] {
	return [...xml.matchAll(/<([\w.-]+)((?:\s+[\w.-]+="[^"]*")*)/g)].flatMap(([, name, attributes = '']) => [
		`${name}`,
		...[...attributes.matchAll(/([\w.-]+)=/g)].map(([, attribute]) => `${name}@${attribute}`),
	]);
}

it.each(filesOf('test/support/fixtures/events/*.xml'))(
	'the sample of the type of %s has each element of that document',
	async (file) => {
		const vendors = textOf(file);
		const type = canonicalEventName(/ type="([^"]+)"/.exec(vendors)![1]!);
		const { xml } = sampleEvent(await openSite(), type);
		const parts = new Set(partsOf(xml));
		expect(partsOf(vendors).filter((part) => !parts.has(part))).toEqual([]);
	},
);

/*
 * What a workflow gets of each event type, for the documents and the ready-made workflows: a site with one
 * page, one event of each type about it, and the item that the trigger makes of it.
 */

/** The site of the samples; the simulator has another address in each run. */
const SITE = 'https://help.example.com';

/** Time and IDs of the published delivery (docs/vendor-facts.md#event-document). */
const AT = new Date(1_769_792_385_653);
const EVENT_ID = '143c3406-fdfd-11f0-8674-aa9553f76750';
const REQUEST_ID = '143c3406-fdfd-11f0-8674-2e3f57c9d8ea';
const PAGE_ID = 371;

/** Of the IDs of deliveries. */
const NAMESPACE = '8d9f4b4e-7a53-4a6b-9c0e-6f2a8f3f1c55';

/** An item for each choice of the trigger, in the order of their values. */
async function makeSampleItems(): Promise<Record<string, IDataObject>> {
	const choices = [...EVENT_TYPES, PAGE_PUBLISHED].map(({ value }) => value).sort();
	const samples: Record<string, IDataObject> = {};
	for (const choice of choices) samples[choice] = await sampleItem(choice);
	return samples;
}

async function sampleItem(choice: string): Promise<IDataObject> {
	const type = choice === PAGE_PUBLISHED.value ? 'page_create' : choice;
	// Before the event: else it could have run in an earlier process.
	pretendProcessStarted(Date.now() - AT.getTime() + 60_000);
	const scene = await openScene({ parameters: { events: [choice], pageDetails: true } });
	const body = sampleEvent(scene.site, type).body;
	await scene.host.production.publish();
	await send(scene, { body, deliveryId: v5(choice, NAMESPACE), timestamp: now() });
	await scene.host.idle();
	const sample = asSample(elementAt(elementAt(scene.host.outputs, 0), 0), scene);
	await closeAll();
	return sample;
}

/** The event, at a site where it has happened. */
function sampleEvent(simulator: Simulator, type: string) {
	const page = openSampleSite(simulator);
	const event = type === 'page_create' ? PUBLISHED : eventAt(minutesOf(type));
	const { at } = event;
	if (type === 'page_delete') simulator.site.deletePage(page, { at, by: 'jane' });
	if (type === 'pagecontent_update') simulator.site.editPage(page, { at, by: 'jane' });
	if (type === 'pagerestriction_update') page.restriction = 'Private';
	// As a version-5 event names who has made the call: docs/vendor-facts.md#users-in-events.
	const caller = { by: 'jane', requestDetails: 'userId' } as const;
	return simulator.emit(type, { ...subjectOf(type, page), ...event, ...caller });
}

/** A page with everything that the site can say of it. */
function openSampleSite({ site }: Simulator): Page {
	const jane = site.createUser('jane').user;
	jane.fullname = 'Jane Doe';
	const text = { html: '<p>Hold both buttons for ten seconds.</p>', tags: ['article:howto'] };
	const { page } = site.createPage('Guides/Setup', { title: 'Setup', by: 'jane', at: AT, ...text });
	const { byId } = site.pages;
	byId.delete(page.id);
	page.id = PAGE_ID;
	byId.set(page.id, page);
	return page;
}

/** The site has its address, and what happens now happens on a Monday; changes are of this site. */
function sameInEachRun(text: string): string {
	return text
		.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, SITE)
		.replaceAll(/"(?!2026-0[12])\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"2026-02-02T07:00:00Z"')
		.replaceAll(/"eventId": "[^":]+:/g, '"eventId": "n8nDocs1:');
}

/** What has happened there since: an edit, a deletion, searches. */
function furnish(simulator: Simulator, tags: string[]): void {
	const { site } = simulator;
	const page = openSampleSite(simulator);
	page.tags.push(...tags);
	const html =
		'<p>Hold both buttons for ten seconds, then let go.</p><p>See <a href="/Guides/Manual">the manual</a>.</p>';
	site.editPage(page, { ...eventAt(minutesOf('pagecontent_update')), by: 'jane', html });
	site.createPage('Guides/Old_setup', { title: 'Old setup', by: 'jane', at: AT });
	const { at } = eventAt(minutesOf('page_delete'));
	site.deletePage('Guides/Old_setup', { at, by: 'jane' });
	for (const query of ['reset', 'reset', 'reset', 'warranty', 'warranty', 'warranty']) {
		site.searchLog.push({ query, at, chosen: query === 'reset' ? 1 : 0 });
	}
	for (const each of site.pages.current.filter(({ id }) => id !== PAGE_ID)) {
		Object.assign(each, { created: AT, edited: AT, modified: AT });
	}
}

const PUBLISHED = { at: AT, id: EVENT_ID, request: { id: REQUEST_ID, seq: 1, count: 2 } };

/** One event a minute. */
function minutesOf(type: string): number {
	// Not by their order in the editor: a new order there would change each sample.
	const byName = EVENT_TYPES.toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
	return 1 + byName.findIndex(({ value }) => value === type);
}

/** Some minutes later, with IDs as Expert makes them. */
function eventAt(minutes: number) {
	const at = new Date(AT.getTime() + minutes * 60_000);
	const id = (node: number[]) => v1({ msecs: at.getTime(), nsecs: 0, clockseq: 0x0674, node: Uint8Array.from(node) });
	const request = { id: id([0x2e, 0x3f, 0x57, 0xc9, 0xd8, 0xea]) };
	return { at, id: id([0xaa, 0x95, 0x53, 0xf7, 0x67, 0x50]), request };
}

const FILE = { id: 88, name: 'setup.pdf', location: 'site_1/88/0' };

const EDIT = { changeComment: 'Ten seconds, not five', diff: { added: 1, removed: 1 } };

/** What an event of this type is about. */
function subjectOf(type: string, page: Page): Subject {
	const [family = ''] = type.split('_');
	const old = { ...page, path: 'Guides/Old_setup' };
	const file = { ...FILE, revision: 2, size: 210_537 };
	const isMoved = /_(move|copy)$/.test(type);
	return {
		...(family === 'user' ? { user: { id: 6 } } : { page }),
		...(isMoved ? { source: type.endsWith('copy') ? { ...old, id: 322 } : old } : {}),
		...(family.startsWith('attachment') ? { file } : {}),
		...(type === 'attachment_move' ? { sourceFile: { ...file, name: 'old-setup.pdf' } } : {}),
		...(family.endsWith('property') ? { property: { id: 3697, name: 'review-status' } } : {}),
		...(type === 'pagegrant_delete' ? { grant: { id: 1, roleId: 3, userId: 6 } } : {}),
		...(type === 'pagecontent_update' ? EDIT : { diff: { added: 6, removed: 0 } }),
		tagsAdded: ['article:howto'],
		displayName: { previous: 'Old setup', current: 'Setup' },
	};
}

/** The same in each run: the site has its address, n8n received it at once. */
function asSample(item: IDataObject, { site }: Scene): IDataObject {
	const text = JSON.stringify(item).replaceAll(site.url, SITE);
	const sample = JSON.parse(text) as IDataObject;
	const received = new Date(Date.parse(sample.occurredAt as string) + 1102).toISOString();
	return { ...sample, receivedAt: received };
}
