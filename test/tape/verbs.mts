import { change, register } from '../support/integration/foreign.mts';
import { serverTokenFor } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Fault } from '../support/simulator/index.mts';
import { Sender } from './cases.mts';
import { passMinutes, type Take } from './tape.mts';

/* What people, the site and n8n can do with a trigger; a story is made of these words. */

/** A trigger, and all that it stands among. */
export class Life {
	readonly take: Take;
	readonly sender: Sender;
	/** Static data as it was once. */
	kept = '{}';

	constructor(take: Take) {
		this.take = take;
		this.sender = new Sender(take, 1);
	}

	get site() {
		return this.take.scene.site;
	}

	get host() {
		return this.take.scene.host;
	}

	get parameters() {
		return this.host.row.node.parameters;
	}

	/** Its webhook, by hand. */
	edit = (method: 'PUT' | 'DELETE', rest = '', body?: string) =>
		change(this.site, method, `1${rest}`, body);

	/** Sends what the site tells of its newest page, some time after. */
	async sendLate(type: string): Promise<unknown> {
		const page = this.site.site.page('New/Page');
		const { xml: body } = this.site.emit(type, { page, at: page.created, id: `late-${type}` });
		return await this.sender.send(this.sender.remember({ body, deliveryId: `late-${type}` }));
	}
}

type Verb = (life: Life) => unknown;

/** What goes on the tape. */
const STEPS: Record<string, Verb> = {
	publish: ({ host }) => host.production.publish(),
	// As for another version of the workflow.
	republish: ({ host }) => host.production.create(),
	unpublish: ({ host }) => host.production.unpublish(),
	listen: ({ host }) => host.test.publish(),
	endTest: ({ host }) => host.test.unpublish(),
	check: async ({ take, host }) => {
		take.watch ??= await Watch.start(host);
		await take.watch.tick();
	},
	restart: async ({ take, host }) => void (take.watch = await Watch.restart(host)),
	created: ({ sender }) => sender.send(sender.event('page_create')),
	edited: ({ sender }) => sender.send(sender.event('pagecontent_update')),
	notStored: ({ sender }) => sender.while('store', { fails: true }, sender.event('page_create')),
	createdLate: (life) => life.sendLate('page_create'),
	editedLate: (life) => life.sendLate('pagecontent_update'),
	movedLate: (life) => life.sendLate('page_move'),
};

/** What changes around it between two steps. */
const EVENTS: Record<string, Verb> = {
	fiveMinutes: () => passMinutes(5),
	anHour: () => passMinutes(60),
	// At the site.
	newPage: ({ site }) => site.site.createPage('New/Page', { by: 'editor' }),
	edit: ({ site }) => site.site.editPage('Category_1/Guide_1', { by: 'editor' }),
	deletion: ({ site }) => site.site.deletePage('Category_1/Guide_1/Reset'),
	thirtyPages: ({ site }) => {
		for (let count = 0; count < 30; count++) site.site.createPage(`Many/Page_${count}`);
	},
	import: ({ site }) => site.site.bulkImport(3, { pause: true }),
	expiredToken: ({ site }) => site.expireTokens(),
	// The webhook.
	disabledByExpert: ({ site }) => site.disableWebhook(1, '1'),
	disabledByHand: ({ site }) => site.disableWebhook(1),
	enabledByHand: ({ site }) => site.enableWebhook(1),
	deletedByHand: ({ edit }) => edit('DELETE'),
	eventRemovedByHand: ({ edit }) => edit('DELETE', '/events/page_create'),
	eventAddedByHand: ({ edit }) => edit('PUT', '/events/page_copy'),
	changedByHand: ({ site, edit }) => {
		const { url } = site.webhooks()[0]!;
		const fields = `<webhook-url>${url}</webhook-url><authorization-header>Bearer by-hand</authorization-header><active>false</active>`;
		return edit('PUT', '', `<webhook>${fields}</webhook>`);
	},
	secondWebhook: ({ site, host }) => register(site, host.webhookUrl),
	webhooksOfOthers: ({ site }) => {
		for (let count = 0; count < 120; count++) register(site, `http://127.0.0.1:1/${count}`);
	},
	// The workflow, and n8n.
	otherEvents: ({ parameters }) => void (parameters.events = ['page_create', 'user_update']),
	otherVersion: ({ parameters }) => void (parameters.simplify = false),
	readerToken: ({ site, host }) => {
		const credential = { ...host.credential(), longTermToken: site.readerJwt };
		host.credential = () => credential;
	},
	serverToken: ({ site, host }) => void (host.credential = () => serverTokenFor(site)),
	otherAddress: ({ host }) => void (host.url = 'http://127.0.0.1:1'),
	keepStaticData: (life) => void (life.kept = life.host.row.staticData),
	takeStaticDataBack: ({ host, kept }) => void (host.row.staticData = kept),
	databaseDown: ({ host }) => {
		host.store = () => Promise.reject(new Error('the database is down'));
	},
	databaseUp: ({ host }) => void (host.store = async () => {}),
};

const BUSY = { 'Retry-After': '1' };
const SEARCH = /search|pages|archive/;
const POST = { method: 'POST' };
const EVENT = { method: 'PUT', path: '/events/' };

/** What calls meet from then on, until `wellAgain`. */
const FAULTS: Record<string, Fault> = {
	createFails: { match: POST, effect: { status: 500 } },
	createIsLost: { match: POST, effect: { reset: true, applyThenFail: true } },
	removalFails: { match: { method: 'DELETE' }, effect: { status: 500 } },
	eventFails: { match: { ...EVENT, nth: 5 }, effect: { status: 409 } },
	allEventsFail: { match: EVENT, effect: { status: 500 } },
	busyTwice: { match: { nth: 2, times: 2 }, effect: { status: 503, headers: BUSY } },
	busy: { effect: { status: 429, headers: BUSY } },
	signInPage: { effect: { body: 'login' } },
	noXml: { effect: { status: 200, body: 'truncated' } },
	unreachable: { effect: { reset: true } },
	refused: { effect: { status: 403 } },
	searchFails: { match: { path: SEARCH, nth: 2 }, effect: { status: 500 } },
	searchIsBusy: {
		match: { path: SEARCH },
		effect: { status: 503, headers: { 'Retry-After': '120' } },
	},
	archiveIsRefused: { match: { path: 'archive' }, effect: { status: 403 } },
};

/** Words that stand for several. */
const SHORT: Record<string, string> = {
	checks: 'check fiveMinutes check fiveMinutes check fiveMinutes check',
	published: 'publish created edited fiveMinutes check anHour',
	away: 'disabledByExpert fiveMinutes',
	back: 'fiveMinutes restart checks',
	missed: 'published away newPage fiveMinutes edit fiveMinutes deletion fiveMinutes restart',
	missedAndBack: 'missed fiveMinutes checks',
	thenWell: 'check wellAgain databaseUp fiveMinutes checks restart fiveMinutes check',
	andAgain: 'publish wellAgain publish unpublish',
};

/** Lets all of it happen, one word after the other. */
export async function happen(life: Life, story: string): Promise<void> {
	for (const word of story.split(' ')) {
		const step = STEPS[word];
		const event = EVENTS[word];
		const fault = FAULTS[word];
		if (SHORT[word]) await happen(life, SHORT[word]);
		else if (step) await life.take.step(word, async () => await step(life));
		else if (event) await event(life);
		else if (word === 'wellAgain') life.site.faults.clear();
		else if (fault) life.site.faults.add(fault);
		else throw new Error(`no such word: ${word}`);
	}
}
