import type { IDataObject } from 'n8n-workflow';
import { beforeAll, expect, it } from 'vitest';
import { canonicalEventName } from '../../nodes/CxoneExpert/event/types.ts';
import { template, templateNames } from '../support/e2e/template.mts';
import { makeSampleItems, pinDataOf, sampleEvent } from '../support/integration/sample-items.mts';
import { openSite, useScenes } from '../support/integration/scene.mts';
import { expectTriggerSchema } from '../support/integration/schema.mts';
import { jsonText } from '../support/json-text.mts';
import { filesOf, textOf } from '../support/unit/documents.mts';
import { eventBytes } from '../support/unit/samples.mts';

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
	await expect(jsonText(samples)).toMatchFileSnapshot('../../examples/sample-items.json');
});

/** It begins with a schedule, and asks the site for all that it needs. */
const WITHOUT_EVENTS = 'watchdog';
const forEvents = templateNames().filter((name) => name !== WITHOUT_EVENTS);

it.each(forEvents)('workflow %s has samples pinned to the nodes that need a site', async (name) => {
	const { pinData: _before, ...workflow } = template(name);
	const pinData = await pinDataOf(workflow, samples);
	const text = jsonText({ ...workflow, pinData });
	await expect(text).toMatchFileSnapshot(`../../examples/workflows/${name}.json`);
});

it('the sample of a page that was created is the published delivery with the page in it', async () => {
	const { xml } = sampleEvent(await openSite(), 'page_create');
	const published = eventBytes('v1').toString().replace('</event>', '');
	expect(xml.startsWith(published)).toBe(true);
	expect(xml).toContain('<path>Guides/Setup</path>');
});

/** Each element with its attributes, such as `page@id`; the text is left out. */
function partsOf(xml: string): string[] {
	return [...xml.matchAll(/<([\w.-]+)((?:\s+[\w.-]+="[^"]*")*)/g)].flatMap(
		([, name, attributes = '']) => [
			`${name}`,
			...[...attributes.matchAll(/([\w.-]+)=/g)].map(([, attribute]) => `${name}@${attribute}`),
		],
	);
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
