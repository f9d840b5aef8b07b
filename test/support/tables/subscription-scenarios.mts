import type { Settings } from '../simulator/index.mts';
import { change, register } from '../integration/foreign.mts';
import type { Hooks } from '../integration/hooks.mts';
import { closeAll, openScene, type Scene } from '../integration/scene.mts';
import { present } from '../present.mts';

/** Something that n8n does with the subscription. */
export interface Scenario {
	name: string;
	/** What exists before, besides another program's webhook. */
	prepare?: (scene: Scene) => Promise<unknown>;
	/** How the site differs from most. */
	site?: Partial<Settings>;
	act: (scene: Scene) => Promise<void>;
	/** Whether it registers or removes the webhook. */
	registers: boolean;
	/** Which calls are attacked, if not all but later pages: the others are those of another scenario. */
	attacks?: (call: RecordedCall) => boolean;
	/** "Listen for test event" has its own webhook, beside production's. */
	isTest?: boolean;
}

/** One call of a scenario that nothing disturbs. */
export interface RecordedCall {
	/** E.g. `PUT /webhooks/2/events/page_create`. */
	call: string;
	/** Offset of a list's page. */
	offset: number;
	/** Counted from 1. */
	position: number;
	writes: boolean;
}

export const FOREIGN = 'http://127.0.0.1:1/of-another-program';

/** Enough webhooks to fill the first page of the list. */
const ONE_PAGE = 100;

const publish = ({ host }: Scene) => host.production.publish();
const unpublish = ({ host }: Scene) => host.production.unpublish();

const firstPublishes: Scenario[] = [
	{ name: 'the first publish', registers: true, act: publish },
	{
		name: 'a publish that asks who the users in the filters are',
		registers: true,
		prepare: async ({ host }) => {
			host.row.node.parameters.filters = { excludeUsers: ['editor'], ignoreOwnChanges: true };
		},
		attacks: ({ call }) => call.includes('/users/'),
		act: publish,
	},
	{
		name: 'a publish among more than a hundred webhooks',
		registers: true,
		prepare: async (scene) => fillPage(scene),
		attacks: laterPages,
		act: publish,
	},
];

const repairs: Scenario[] = [
	{
		name: 'a publish that repairs everything',
		registers: true,
		prepare: damagedWebhook,
		act: publish,
	},
	{
		name: 'a publish that repairs everything at a site that clears events',
		registers: true,
		site: { putClearsEvents: true },
		prepare: damagedWebhook,
		attacks: ({ position }) => position > 4,
		act: publish,
	},
	{
		name: 'a publish that finds two webhooks with our address',
		registers: true,
		prepare: twoWebhooks,
		attacks: ({ writes }) => writes,
		act: publish,
	},
];

const unpublishes: Scenario[] = [
	{ name: 'an unpublish', registers: false, prepare: publish, act: unpublish },
	{
		name: 'an unpublish that finds two webhooks with our address',
		registers: false,
		prepare: twoWebhooks,
		attacks: ({ writes }) => writes,
		act: unpublish,
	},
];

const tests: Scenario[] = [
	{
		name: 'listening for a test event',
		registers: true,
		isTest: true,
		prepare: publish,
		attacks: ({ call }) => call.startsWith('POST') || call.endsWith('page_delete'),
		act: ({ host }) => host.test.publish(),
	},
	{
		name: 'the end of a test',
		registers: false,
		isTest: true,
		prepare: async (scene) => {
			await publish(scene);
			await scene.host.test.publish();
		},
		attacks: ({ writes }) => writes,
		act: ({ host }) => host.test.unpublish(),
	},
];

export const subscriptionScenarios = [...firstPublishes, ...repairs, ...unpublishes, ...tests];

export async function openScenario({ prepare, site = {} }: Scenario): Promise<Scene> {
	const scene = await openScene({ site });
	register(scene.site, FOREIGN);
	await prepare?.(scene);
	scene.site.apiCalls.length = 0;
	return scene;
}

/** Runs it once undisturbed: these are the calls that can meet a fault. */
export async function recordCalls(scenario: Scenario): Promise<RecordedCall[]> {
	const scene = await openScenario(scenario);
	await scenario.act(scene);
	const calls = scene.site.apiCalls.map(({ method, path, query }, index) => ({
		call: `${method} ${path.replace('/@api/deki', '')}`,
		offset: Number(query.offset ?? 0),
		position: index + 1,
		writes: method !== 'GET',
	}));
	await closeAll();
	return calls.filter(scenario.attacks ?? ((call) => !laterPages(call)));
}

/** n8n's side of it. */
export function hooksOf({ host }: Scene, { isTest }: Scenario): Hooks {
	return isTest ? host.test : host.production;
}

export function addressOf({ host }: Scene, { isTest }: Scenario): string {
	return isTest ? host.testUrl : host.webhookUrl;
}

/** Another token, disabled, one event too many and one too few. */
async function damagedWebhook(scene: Scene): Promise<void> {
	const { site, host } = scene;
	await publish(scene);
	host.row.node.parameters.events = ['page_create', 'page_move'];
	const ours = present(
		site.webhooks().find(({ url }) => url === host.webhookUrl),
		'webhook',
	);
	const body = `<webhook><webhook-url>${ours.url}</webhook-url><authorization-header>Bearer changed-by-hand</authorization-header><active>false</active></webhook>`;
	await change(site, 'PUT', String(ours.id), body);
}

/** As after a create whose response was lost when n8n was killed. */
async function twoWebhooks(scene: Scene): Promise<void> {
	await publish(scene);
	register(scene.site, scene.host.webhookUrl);
}

function fillPage({ site }: Scene): void {
	for (let number = site.webhooks().length; number < ONE_PAGE; number++) {
		register(site, `${FOREIGN}/${number}`);
	}
}

function laterPages({ offset }: RecordedCall): boolean {
	return offset > 0;
}
