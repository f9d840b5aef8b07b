import type { IDataObject } from 'n8n-workflow';
import { it } from 'vitest';
import { type SceneOptions, UNSIGNED, useScenes } from '../support/integration/scene.mts';
import { seedSite } from '../support/simulator/index.mts';
import { KINDS, Sender } from './cases.mts';
import { newTape, passMinutes, seeded, startTape, Take } from './tape.mts';

/* 500 deliveries: each scene has other options, and 25 of what can come. */

startTape();
useScenes();

const file = newTape('deliveries');

const EACH = 25;
const COUNT = 500;

/** Each kind as often as it weighs, mixed, and again. */
function deal(): string[] {
	const names = Object.entries(KINDS).flatMap(([name, [weight]]) =>
		Array<string>(weight).fill(name),
	);
	const random = seeded(7);
	const mixed = () => names.map((name) => ({ name, at: random() })).sort((a, b) => a.at - b.at);
	const decks = Array.from({ length: Math.ceil(COUNT / names.length) }, mixed);
	return decks.flat().map(({ name }) => name);
}

const dealt = deal();

const options = (additionalOptions: IDataObject, rest: IDataObject = {}): SceneOptions => ({
	parameters: { additionalOptions, ...rest },
});
const details = { pageDetails: true };

const SCENES: Record<string, SceneOptions & { isTest?: boolean }> = {
	'all defaults': {},
	'all defaults, another time': {},
	'page details': options({}, details),
	'page details and Skip Drafts': options({}, { ...details, filters: { skipDrafts: true } }),
	'page details and Page Tags': options(
		{},
		{ ...details, filters: { pageTags: ['article:topic'] } },
	),
	'without Simplify': options({ includeHeaders: true, includeRawXml: true }, { simplify: false }),
	'with headers and XML': options({ includeHeaders: true, includeRawXml: true }),
	'some events': options(
		{},
		{ events: ['page_create', 'pagecontent_update', 'other'], additionalEvents: 'page_move' },
	),
	'Page Paths': options({}, { filters: { pathPrefixes: ['Category_1', 'gone/'] } }),
	Languages: options({}, { filters: { languages: ['de'] } }),
	'Exclude Users': {
		...options({}, { filters: { excludeUsers: ['editor', '3'] } }),
		site: { requestDetails: 'userId' },
	},
	'Ignore Own Changes': {
		...options({}, { filters: { ignoreOwnChanges: true } }),
		site: { requestDetails: 'user' },
	},
	'Several When Busy': options({ deliveriesPerExecution: 'severalWhenBusy' }),
	'Several When Busy with page details': options(
		{ deliveriesPerExecution: 'severalWhenBusy' },
		details,
	),
	'Several When Busy, immediately': options({
		deliveriesPerExecution: 'severalWhenBusy',
		acknowledge: 'immediately',
	}),
	immediately: options({ acknowledge: 'immediately' }),
	'no signature': { credential: UNSIGNED },
	'ten minutes, and a previous secret': {
		...options({ maxDeliveryAge: 600 }),
		credential: { previousSigningSecret: 'whsec_previous' },
	},
	'a site with full pages and thin events': {
		site: { pageShape: 'full', eventBody: 'thin' },
	},
	'a test': { ...options({}, details), isTest: true },
};

for (const [index, [title, { isTest, ...scene }]] of Object.entries(SCENES).entries()) {
	it(title, async () => {
		const take = await Take.open(file, title, scene);
		const { site, host } = take.scene;
		seedSite(site.site);
		await take.step('publish', () => (isTest ? host.test : host.production).publish());
		const sender = new Sender(take, index + 1, isTest);
		for (const name of dealt.slice(index * EACH, (index + 1) * EACH)) {
			await passMinutes(7 / 60);
			await take.step(name, () => KINDS[name]![1](sender));
		}
		await take.step('unpublish', () => (isTest ? host.test : host.production).unpublish());
	});
}
