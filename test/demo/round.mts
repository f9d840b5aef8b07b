import {
	type Change,
	type Site,
	type DeliveryAttempt,
	type SimulatedEvent,
	sendDelivery,
} from '../support/simulator/index.mts';
import type { Item, Stage } from '../support/stage/stage.mts';
import { fact, heading, passed, remark } from '../support/stage/terminal.mts';
import { printTrace, problemOf, type Trace, traceOf } from '../support/stage/trace.mts';
import { elementAt } from '../support/present.mts';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an author does at the site while the demo watches. */
const script: Array<{ title: string; act: (site: Site) => Change }> = [
	{
		title: 'An author creates the page Guides/Welcome',
		act: (site) => createPage(site, 'Welcome'),
	},
	{
		title: 'An author creates the page Guides/Größe_日本',
		act: (site) => site.createPage('Guides/Größe_日本', { title: 'Größe 日本' }),
	},
	{
		title: 'An author tags Guides/Welcome',
		act: (site) => site.tagPage('Guides/Welcome', { add: ['article:guide'] }),
	},
	{
		title: 'An author moves Guides/Welcome to Guides/Start_here',
		act: (site) => site.movePage('Guides/Welcome', 'Guides/Start_here'),
	},
];

/** In both acts. */
export function createPage(site: Site, title: string): Change {
	return site.createPage(`Guides/${title}`, { title, html: '<p>Hello</p>' });
}

/** One full round, with a webhook. Throws at the first thing that is not as it should be. */
export async function playRound(stage: Stage): Promise<void> {
	expectRegistration(stage);
	remark('Each delivery: registered → delivered → verified → execution → item');
	const seen: Seen[] = [];
	for (const { title, act } of script) {
		heading(title);
		seen.push(...(await playChange(stage, act)));
	}
	heading('What must not start the workflow');
	await expectForgeryRefused(stage, elementAt(seen, 0));
	await expectRepeatIgnored(stage, elementAt(seen, 0));
}

/** After unpublishing, the site must not keep a webhook of ours. */
export async function expectRemoval(stage: Stage): Promise<void> {
	heading('Unpublishing');
	await stage.unpublish();
	const left = stage.simulator.webhooks();
	if (left.length > 0) throw new Error(`${left.length} webhook is left at the site`);
	passed('the webhook is gone at the site');
}

function expectRegistration(stage: Stage): void {
	const [webhook, ...others] = stage.simulator.webhooks();
	if (!webhook || others.length > 0) {
		throw new Error(`The site has ${others.length + (webhook ? 1 : 0)} webhooks instead of 1`);
	}
	if (!webhook.active) throw new Error(`Webhook ${webhook.id} is not active`);
	const expected = stage.client.productionUrl(stage.webhookId);
	if (webhook.url !== expected) throw new Error(`The webhook calls ${webhook.url}`);
	passed('webhook registered at the site:');
	fact('webhook', `${webhook.id}, active, ${webhook.url}`);
	fact('events', webhook.events.join(', '));
}

/** Makes a change, and follows each of its deliveries to the end. */
async function playChange(stage: Stage, act: (site: Site) => Change): Promise<Seen[]> {
	const { events } = act(stage.simulator.site);
	await stage.simulator.idle();
	const seen: Seen[] = [];
	const traces: Trace[] = [];
	for (const event of events) {
		const delivery = stage.simulator.deliveries.findLast((row) => row.eventId === event.id);
		if (!delivery) throw new Error(`The site delivered nothing for ${event.pathType}`);
		if (seen.length > 0) console.log();
		const trace = await traceOf(stage, delivery);
		printTrace(stage, trace);
		const problem = problemOf(trace);
		if (problem) throw new Error(problem);
		seen.push({ event, delivery, item: trace.item });
		traces.push(trace);
	}
	expectTold(traces);
	return seen;
}

/** A change starts the workflow, and a page is published for the first time once, whichever of its events comes first. */
function expectTold(traces: Trace[]): void {
	const items = traces.flatMap(({ item }) => item ?? []);
	if (items.length === 0) throw new Error('The change has not come');
	const isNews = traces.some(({ delivery }) => delivery.eventType === 'Page_Create');
	const publications = items.filter((item) => item.firstPublication === true).length;
	if (publications !== (isNews ? 1 : 0)) throw new Error(`published ${publications} times`);
}

/** Long enough for an execution that should not be there to show up. */
export const settleMs = 1500;

/** A genuine delivery that the demo has seen, with what was sent. */
interface Seen {
	event: SimulatedEvent;
	delivery: DeliveryAttempt;
	item?: Item;
}

/** Knows the address and even the Authorization value, but not the signing secret. */
async function expectForgeryRefused(stage: Stage, { event }: Seen): Promise<void> {
	const webhook = elementAt(stage.simulator.webhooks(), 0);
	await expectNoExecution(stage, 'a forged delivery', 401, async () =>
		sendDelivery(webhook.url, {
			body: event.body,
			authorization: webhook.authorizationHeader,
			secret: 'a guess',
		}),
	);
}

/** Expert repeats a delivery when it has missed the response; the workflow must not run twice. */
async function expectRepeatIgnored(stage: Stage, seen: Seen): Promise<void> {
	const webhook = elementAt(stage.simulator.webhooks(), 0);
	const { event, delivery } = seen;
	await expectNoExecution(stage, 'the same delivery once more', 200, async () =>
		sendDelivery(webhook.url, {
			body: event.body,
			authorization: webhook.authorizationHeader,
			secret: stage.simulator.signingSecret,
			timestamp: delivery.timestamp,
			deliveryId: delivery.deliveryId,
		}),
	);
}

async function expectNoExecution(
	stage: Stage,
	what: string,
	expectedStatus: number,
	send: () => Promise<{ status: number; ms: number }>,
) {
	const { client, workflow } = stage;
	const before = (await client.executions(workflow.id)).length;
	const { status, ms } = await send();
	if (status !== expectedStatus) throw new Error(`${what} got ${status}`);
	await sleep(settleMs);
	const started = (await client.executions(workflow.id)).length - before;
	if (started > 0) throw new Error(`${what} started ${started} executions`);
	passed(`${what}: ${status} in ${Math.round(ms)} ms, no execution`);
}
