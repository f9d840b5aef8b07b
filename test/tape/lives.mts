import type { IDataObject } from 'n8n-workflow';
import { change, register } from '../support/integration/foreign.mts';
import { type SceneOptions, serverTokenFor } from '../support/integration/scene.mts';
import { Watch } from '../support/integration/watch.mts';
import type { Fault } from '../support/simulator/index.mts';
import { Sender } from './cases.mts';
import { passMinutes, type Take } from './tape.mts';

/* What can become of a trigger between the first publish and the last unpublish. */

/** A trigger, in what people and the site do with it. */
export class Life {
	readonly take: Take;
	readonly sender: Sender;

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

	publish = () => this.take.step('publish', () => this.host.production.publish());
	/** n8n registers the webhook of an active workflow again when another version is published. */
	republish = () => this.take.step('publish again', () => this.host.production.create());
	unpublish = () => this.take.step('unpublish', () => this.host.production.unpublish());

	/** The next check is due. */
	async check(title = 'check', minutes = 5): Promise<void> {
		await passMinutes(minutes);
		await this.take.step(title, async () => {
			this.take.watch ??= await Watch.start(this.host);
			await this.take.watch.tick();
		});
	}

	async restart(): Promise<void> {
		await this.take.step('restart of n8n', async () => {
			this.take.watch = await Watch.restart(this.host);
		});
	}

	async send(title: string, type: string): Promise<void> {
		await this.take.step(title, () => this.sender.send(this.sender.event(type)));
	}

	/** From now on calls meet this; the next one replaces it. */
	fault(fault?: Fault): void {
		this.site.faults.clear();
		if (fault) this.site.faults.add(fault);
	}

	/** Its webhook, by hand. */
	edit = (method: 'PUT' | 'DELETE', rest = '', body?: string) =>
		change(this.site, method, `1${rest}`, body);

	async published(): Promise<void> {
		await this.publish();
		await this.send('the first event', 'page_create');
		await this.send('the first edit', 'pagecontent_update');
		await this.check();
		await passMinutes(60);
	}

	/** Expert gives up, and this happens at the site in the following hour. */
	async away(...changes: Array<(life: Life) => unknown>): Promise<void> {
		this.site.disableWebhook(1, '1');
		for (const each of changes) {
			await passMinutes(7);
			each(this);
		}
		await passMinutes(7);
	}
}

type Story = (life: Life) => Promise<unknown>;

const create = ({ site }: Life) => void site.site.createPage('New/Page', { by: 'editor' });
const edit = ({ site }: Life) => void site.site.editPage('Category_1/Guide_1', { by: 'editor' });
const remove = ({ site }: Life) => void site.site.deletePage('Category_1/Guide_1/Reset');
const createMany = ({ site }: Life) => {
	for (let count = 0; count < 30; count++) site.site.createPage(`Many/Page_${count}`);
};

/** Publishes, and publishes again when the fault is gone. */
const meets =
	(effect: Fault['effect'], match?: Fault['match']): Story =>
	async (life) => {
		life.fault({ match, effect });
		await life.publish();
		life.fault();
		await life.publish();
		await life.unpublish();
	};

const POST = { method: 'POST' };
const EVENTS = { method: 'PUT', path: '/events/' };

const PUBLISHES: Record<string, [Story, SceneOptions?]> = {
	'publish, publish again, unpublish': [
		async (life) => {
			await life.publish();
			await life.republish();
			await life.unpublish();
			await life.publish();
		},
	],
	'among webhooks of others': [
		async (life) => {
			for (let count = 0; count < 120; count++) register(life.site, `http://127.0.0.1:1/${count}`);
			await life.publish();
			await life.unpublish();
		},
	],
	'other events': [
		async (life) => {
			await life.publish();
			life.host.row.node.parameters.events = ['page_create', 'user_update'];
			await life.republish();
		},
	],
	'a webhook that was changed by hand': [
		async (life) => {
			await life.publish();
			const { url } = life.site.webhooks()[0]!;
			const body = `<webhook><webhook-url>${url}</webhook-url><authorization-header>Bearer by-hand</authorization-header><active>false</active></webhook>`;
			await life.edit('PUT', '', body);
			await life.edit('DELETE', '/events/page_create');
			await life.republish();
		},
	],
	'two webhooks with its address': [
		async (life) => {
			await life.publish();
			register(life.site, life.host.webhookUrl);
			await life.republish();
			register(life.site, life.host.webhookUrl);
			await life.unpublish();
		},
	],
	'a site that clears events': [
		async (life) => {
			await life.publish();
			life.site.disableWebhook(1);
			await life.republish();
		},
		{ site: { putClearsEvents: true } },
	],
	'an event that the site does not know': [
		(life) => life.publish(),
		{ parameters: { events: ['page_create', 'other'], additionalEvents: 'page_frobnicate' } },
	],
	'a site without webhooks': [(life) => life.publish(), { site: { webhooksFeature: false } }],
	'an expired token': [
		async (life) => {
			life.site.expireTokens();
			await life.publish();
		},
	],
	'a token that may only read': [
		async (life) => {
			const credential = { ...life.host.credential(), longTermToken: life.site.readerJwt };
			life.host.credential = () => credential;
			await life.publish();
		},
	],
	'a server token': [
		async (life) => {
			life.host.credential = () => serverTokenFor(life.site);
			await life.publish();
			await life.unpublish();
		},
	],
	'no signing secret': [(life) => life.publish(), { credential: { signingSecret: '' } }],
	'a site that names the secret': [
		async (life) => {
			await life.publish();
			await life.send('signed with it', 'page_create');
		},
		{ credential: { signingSecret: 'whsec_other' }, site: { secretInEachResponse: true } },
	],
	'a site that writes addresses otherwise': [
		(life) => meets({ status: 500 }, EVENTS)(life),
		{ site: { webhookUrlSpelling: 'hostInCapitals' } },
	],
	'a site that writes another address': [
		async (life) => {
			await life.publish();
			await life.unpublish();
		},
		{ site: { webhookUrlSpelling: 'elsewhere' } },
	],
	'users in filters': [
		(life) => life.publish(),
		{
			parameters: {
				filters: { excludeUsers: ['editor', 'nobody', '7'] },
				additionalOptions: { ignoreOwnChanges: true },
			},
		},
	],
	'a failing create': [meets({ status: 500 }, POST)],
	'a create whose response is lost': [meets({ reset: true, applyThenFail: true }, POST)],
	'a busy site': [meets({ status: 503, headers: { 'Retry-After': '1' } }, { nth: 2, times: 2 })],
	'a site that stays busy': [meets({ status: 429, headers: { 'Retry-After': '1' } })],
	'a sign-in page': [meets({ body: 'login' })],
	'no XML': [meets({ status: 200, body: 'truncated' })],
	'broken connections': [meets({ reset: true })],
	'a failing event': [meets({ status: 409 }, { ...EVENTS, nth: 5 })],
	'a refused removal': [
		async (life) => {
			await life.publish();
			life.fault({ match: { method: 'DELETE' }, effect: { status: 500 } });
			await life.unpublish();
			life.fault();
			await life.unpublish();
		},
	],
	'a test beside production': [
		async (life) => {
			await life.publish();
			await life.take.step('listen', () => life.host.test.publish());
			await life.send('an event of production', 'page_create');
			await life.take.step('end of the test', () => life.host.test.unpublish());
		},
	],
};

const checks: Story = async (life) => {
	for (let count = 1; count <= 4; count++) await life.check(`check ${count}`);
};

const CHECKS: Record<string, [Story, SceneOptions?]> = {
	'all is well': [(life) => life.publish().then(() => checks(life))],
	'never published': [checks],
	'deleted by hand': [
		async (life) => {
			await life.published();
			await life.edit('DELETE');
			await checks(life);
		},
	],
	'disabled by Expert again and again': [
		async (life) => {
			await life.published();
			for (let count = 0; count < 8; count++) {
				life.site.disableWebhook(1, '1');
				await life.check();
			}
			await life.check('an hour later', 60);
		},
	],
	'disabled by a person': [
		async (life) => {
			await life.published();
			life.site.disableWebhook(1);
			await checks(life);
			life.site.enableWebhook(1);
			await life.check('enabled again');
		},
	],
	'other events by hand': [
		async (life) => {
			await life.published();
			await life.edit('DELETE', '/events/page_create');
			await life.edit('PUT', '/events/page_copy');
			await checks(life);
		},
		{ parameters: { events: ['page_create', 'page_delete'] } },
	],
	'Repair Webhook is off': [
		async (life) => {
			await life.published();
			life.site.disableWebhook(1, '1');
			await checks(life);
			await life.edit('DELETE');
			await checks(life);
		},
		{ parameters: { additionalOptions: { repairWebhook: false } } },
	],
	'a site that cannot be reached': [
		async (life) => {
			await life.published();
			life.fault({ effect: { reset: true } });
			await checks(life);
			life.fault();
			await checks(life);
		},
	],
	'a site that refuses': [
		async (life) => {
			await life.published();
			life.fault({ effect: { status: 403 } });
			await checks(life);
			life.fault();
			await checks(life);
		},
	],
	'a token that expires': [
		async (life) => {
			await life.published();
			life.site.expireTokens();
			await checks(life);
		},
	],
	'another address of n8n': [
		async (life) => {
			await life.published();
			life.host.url = 'http://127.0.0.1:1';
			await life.restart();
			await checks(life);
		},
	],
};

/** Published, away meanwhile, and checked by an n8n that was restarted. */
const missed =
	(...changes: Array<(life: Life) => unknown>): Story =>
	async (life) => {
		await life.published();
		await life.away(...changes);
		await life.restart();
		await checks(life);
	};

/** The first check after the restart meets something; the following ones do not. */
const disturbed =
	(begin: Story, end: Story = async (life) => life.fault()): Story =>
	async (life) => {
		await life.published();
		await life.away(create, edit, remove);
		await life.restart();
		await begin(life);
		await life.check('a check that is disturbed');
		await end(life);
		await checks(life);
		await life.restart();
		await life.check('after a restart');
	};

const filtered = (parameters: IDataObject): [Story, SceneOptions] => [
	missed(create, edit, remove),
	{ parameters },
];

const RECOVERIES: Record<string, [Story, SceneOptions?]> = {
	'creations, edits and deletions': [missed(create, edit, remove)],
	nothing: [missed()],
	'thirty pages at once': [missed(createMany)],
	'with page details': filtered({ pageDetails: true }),
	'for edits alone': filtered({ events: ['pagecontent_update'] }),
	'for deletions, without Simplify': filtered({ events: ['page_delete'], simplify: false }),
	'with Page Paths and Exclude Users': filtered({
		filters: { pathPrefixes: ['Category_1'], excludeUsers: ['editor'] },
	}),
	'turned off': filtered({ additionalOptions: { recoverMissedChanges: false } }),
	'without a restart': [
		async (life) => {
			await life.published();
			await life.away(create, edit);
			await checks(life);
			await life.away(edit, remove);
			await checks(life);
		},
	],
	'what is delivered late': [
		async (life) => {
			await missed(create)(life);
			const { sender, site } = life;
			const page = site.site.page('New/Page');
			for (const type of ['page_create', 'pagecontent_update', 'page_move']) {
				const { xml: body } = site.emit(type, { page, at: page.created, id: `late-${type}` });
				const late = sender.remember({ body, deliveryId: `late-${type}` });
				await life.take.step(`${type}, late`, () => sender.send(late));
			}
		},
	],
	'a gap without a disabled webhook': [
		async (life) => {
			await life.published();
			const lost = life.sender.event('page_create');
			await life.take.step('not stored', () => life.sender.while('store', { fails: true }, lost));
			create(life);
			await checks(life);
		},
	],
	'a search that fails': [
		disturbed(async (life) =>
			life.fault({ match: { path: /search|pages|archive/, nth: 2 }, effect: { status: 500 } }),
		),
	],
	'an archive that is refused': [
		disturbed(async (life) => life.fault({ match: { path: 'archive' }, effect: { status: 403 } })),
	],
	'a busy site': [
		disturbed(async (life) =>
			life.fault({
				match: { path: /search|pages|archive/ },
				effect: { status: 503, headers: { 'Retry-After': '120' } },
			}),
		),
	],
	'executions that are not stored': [
		disturbed(
			async ({ host }) => {
				host.store = () => Promise.reject(new Error('the database is down'));
			},
			async ({ host }) => {
				host.store = async () => {};
			},
		),
	],
	'static data that is taken back': [
		async (life) => {
			await life.published();
			const { row } = life.host;
			const before = row.staticData;
			await life.away(create, edit);
			await life.restart();
			await checks(life);
			row.staticData = before;
			await life.restart();
			await checks(life);
		},
	],
	'an import': [missed(({ site }) => void site.site.bulkImport(3, { pause: true }), create)],
	'another version that is published': [
		async (life) => {
			await life.published();
			await life.away(create);
			life.host.row.node.parameters.simplify = false;
			await life.republish();
			await checks(life);
		},
	],
	'unpublished meanwhile': [
		async (life) => {
			await life.published();
			await life.unpublish();
			await life.away(create);
			await life.publish();
			await checks(life);
		},
	],
};

export const LIVES = { publish: PUBLISHES, check: CHECKS, recover: RECOVERIES };
