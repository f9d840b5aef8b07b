import { Chance, clock } from './clock.mts';
import type { Row, Statement } from './database.mts';
import { type DeliveryAccident, USUAL_SITE_MS, type World } from './world.mts';

/* Deeds of people, and accidents. Each step has its own chance, so that leaving one out changes no other. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const DELIVERY_ACCIDENTS: DeliveryAccident[] = [
	...(['lost', 'lost', 'response lost', 'copied', 'late', 'error'] as const),
];

export interface Act {
	/** How often it is drawn, compared with others. */
	weight: number;
	/** It is in every world; others are in two of five. */
	isUsual?: true;
	run: (world: World, chance: Chance) => Promise<void> | void;
}

/** One deed; never two of a page within two seconds, which the documents leave open. */
async function deed(world: World, chance: Chance): Promise<void> {
	const { model, pages, drafts } = world;
	const { site } = world.site;
	await clock.pass(3 * SECOND + chance.int(9 * SECOND));
	const html = `text ${++world.count}`;
	const what = chance.next();
	if (what < 0.3 || pages.length < 3) {
		return model.deed(site.createPage(`P${world.count}`, { html }), 'created');
	}
	if (what < 0.72) return model.deed(site.editPage(chance.pick(pages), { html }), 'edited');
	// Nothing tells two deletions of a page apart.
	const unrestored = pages.filter((page) => !model.restoredAt.has(page));
	if (what < 0.82 && unrestored.length > 0) return model.deed(site.deletePage(chance.pick(unrestored)), 'deleted');
	if (what < 0.92 || drafts.length === 0) {
		return model.deed(site.createDraft(`D${world.count}`, { html }), 'drafted');
	}
	return model.deed(site.publishDraft(chance.pick(drafts)), 'published');
}

async function deeds(world: World, chance: Chance, most: number): Promise<void> {
	for (let left = 1 + chance.int(most); left > 0; left--) await deed(world, chance);
}

/** The next calls to the site go wrong. */
function fault(effect: object): Act['run'] {
	return ({ site }, chance) => void site.faults.add({ match: { times: 1 + chance.int(12) }, effect });
}

/** What new pages meet: a copy of the site is late, or rights come after the page. A site is late for ten minutes at most. */
function notYet(status: number): Act['run'] {
	return ({ site }, chance) => {
		const old = site.site.pages.current.map(({ id }) => id);
		const match = { path: new RegExp(`/pages/(?!(${old.join('|')})/)\\d+/revisions`), times: 1 + chance.int(2) };
		site.faults.add({ match, effect: { status } });
		clock.after(10 * MINUTE, () => (match.times = 0));
	};
}

async function start(world: World): Promise<void> {
	world.start();
	await clock.pass(2 * SECOND);
}

/** Another version, in which the node differs. */
async function publishVersion({ n8n }: World, row: Row, change: () => void) {
	if (!n8n.isUp || !row.isPublished || row.isDisabled) return;
	await clock.pass(5 * SECOND);
	void n8n.publishVersion(row, change);
	await clock.pass(2 * SECOND);
}

export const ACTS = {
	deeds: { weight: 14, isUsual: true, run: async (world, chance) => await deeds(world, chance, 4) },
	minutes: {
		...{ weight: 8, isUsual: true },
		run: async (_, chance) => await clock.pass((1 + chance.int(12)) * MINUTE),
	},
	hour: { weight: 3, isUsual: true, run: async () => await clock.pass(65 * MINUTE) },
	day: { weight: 1, run: async () => await clock.pass(25 * 60 * MINUTE) },
	lose: {
		weight: 5,
		run: ({ accidents }, chance) => {
			const count = 1 + chance.int(3);
			accidents.push(...Array.from({ length: count }, () => chance.pick(DELIVERY_ACCIDENTS)));
		},
	},
	abort: { weight: 2, run: ({ accidents }) => void accidents.push('aborted') },
	slowBody: { weight: 2, run: ({ accidents }) => void accidents.push('slow body') },
	hold: {
		weight: 2,
		run: async (world, chance) => {
			world.site.pauseDeliveries();
			await deeds(world, chance, 3);
			if (chance.is(0.5)) await clock.pass(chance.int(90) * MINUTE);
			world.site.resumeDeliveries();
		},
	},
	/** An import. The site may hold its deliveries back. */
	burst: {
		weight: 1,
		run: async ({ site, model }, chance) => {
			const [pause, under] = [chance.is(0.5), `Import ${chance.fork()}`];
			for (const change of site.site.bulkImport(40, { under, pause })) model.deed(change, 'created');
			await clock.pass(chance.int(20) * MINUTE);
			site.resumeDeliveries();
		},
	},
	otherDeeds: { weight: 3, run: otherDeed },
	deleteTree: { weight: 1, run: deleteTree },
	restoreTree: { weight: 1, run: restoreTree },
	copy: {
		weight: 2,
		run: (world, chance) => {
			const { recorded, n8n, isUnsigned } = world;
			// Without a signature nothing bounds the age of a copy.
			if (recorded.length === 0 || !n8n.isUp || isUnsigned) return;
			const sent = chance.pick(recorded);
			const headers = { ...sent.headers, 'X-Nexus-Delivery-Id': `copy-${chance.fork()}` };
			world.model.touched.add(sent.event.id);
			void n8n.receive({ ...sent, headers });
		},
	},
	forge: { weight: 2, run: forge },
	siteBroken: { weight: 2, run: fault({ status: 500 }) },
	siteBusy: { weight: 2, run: fault({ status: 429, headers: { 'Retry-After': '60' } }) },
	siteSilent: { weight: 2, run: fault({ hang: true }) },
	notYetThere: { weight: 2, run: notYet(404) },
	notAllowedYet: { weight: 2, run: notYet(403) },
	slowDatabase: {
		weight: 2,
		run: ({ n8n: { database } }, chance) => {
			const credential = chance.pick([2, 2, 1500]);
			const execution = chance.pick([3, 1200, 8000]);
			database.slow({ credential, execution }, chance.int(20 * MINUTE));
		},
	},
	brokenDatabase: {
		weight: 2,
		run: ({ n8n: { database } }, chance) =>
			database.fail(
				chance.pick<Statement[]>([['execution'], ['execution'], ['processed'], ['staticData']]),
				500 + chance.int(5 * SECOND),
			),
	},
	slowCredential: {
		weight: 2,
		run: async ({ n8n: { database } }, chance) => {
			// A read is shared for ten seconds.
			await clock.pass(15 * SECOND);
			database.slow({ credential: 1500 }, 4 * SECOND + chance.int(MINUTE));
		},
	},
	restart: {
		weight: 2,
		run: async (world, chance) => {
			if (!world.n8n.isUp) return;
			await clock.pass(5 * SECOND);
			await world.passUntil(world.n8n.stop());
			await clock.pass(2 * SECOND + chance.int(20 * SECOND));
			await start(world);
		},
	},
	kill: {
		weight: 2,
		run: async (world, chance) => {
			if (!world.n8n.isUp) return;
			await clock.pass(chance.int(2 * SECOND));
			world.n8n.kill();
			await clock.pass(2 * SECOND);
			await start(world);
		},
	},
	killOne: {
		weight: 2,
		run: async (world, chance) => {
			const { n8n } = world;
			if (!n8n.isUp || !n8n.isQueue) return;
			world.model.startedAt.push(clock.now);
			await world.passUntil(n8n.replaceOne(chance));
		},
	},
	/** Of two main processes, the other one leads. */
	leaderChange: {
		weight: 1,
		run: async (world, chance) => {
			const { n8n } = world;
			if (!n8n.isUp || !n8n.isQueue) return;
			await world.passUntil(n8n.changeLeader(chance));
		},
	},
	absence: {
		weight: 2,
		run: async (world, chance) => {
			world.n8n.kill();
			await deeds(world, chance, 5);
			await clock.pass(chance.int(120) * MINUTE);
			await start(world);
		},
	},
	/** As after a holiday: much has changed, and the site is slow. */
	longAbsence: {
		weight: 1,
		run: async (world, chance) => {
			world.n8n.kill();
			await deeds(world, chance, chance.pick([20, 150]));
			world.siteMs = chance.pick([USUAL_SITE_MS, 2500]);
			await start(world);
			await clock.pass(10 * MINUTE);
			world.siteMs = USUAL_SITE_MS;
		},
	},
	putBack: { weight: 2, run: putBack },
	update: {
		weight: 2,
		run: async ({ n8n, model }) => {
			await clock.pass(5 * SECOND);
			n8n.update();
			model.updatedAt.push(clock.now);
		},
	},
	renewToken: {
		weight: 2,
		run: ({ site, model, n8n: { database } }) => {
			model.renewals++;
			const longTermToken = site.tokens.issue(site.site.users.admin);
			database.credential = { ...database.credential, longTermToken };
		},
	},
	/** Both at once; deliveries that keep their signature have the old one. */
	rotateSecret: {
		weight: 1,
		run: ({ site, isUnsigned, model, count, n8n: { database } }) => {
			if (isUnsigned) return;
			const signingSecret = `whsec_${count}`;
			site.settings.signingSecret = signingSecret;
			model.rotatedAt.push(clock.now);
			database.credential = { ...database.credential, signingSecret };
		},
	},
	rename: {
		weight: 1,
		run: async (world, chance) => {
			const row = chance.pick(world.rows);
			await publishVersion(world, row, () => {
				row.node.name = `${row.role} ${world.count}`;
				row.renamedAt.push(clock.now);
			});
		},
	},
	disabledByExpert: {
		weight: 1,
		run: ({ site, model }) => {
			const [webhook] = site.webhooks();
			if (webhook === undefined) return;
			model.disabledAt.push(clock.now);
			site.disableWebhook(webhook.id, '1');
		},
	},
	disabledByPerson: {
		weight: 1,
		run: async (world, chance) => {
			const { site, model } = world;
			const [webhook] = site.webhooks();
			// One with failures is taken for disabled by Expert.
			if (webhook?.active !== true || webhook.consecutiveFailures > 0) return;
			const at = clock.now;
			model.disabledByPerson(true);
			site.disableWebhook(webhook.id);
			await deeds(world, chance, 3);
			await clock.pass(chance.int(90) * MINUTE);
			model.wrongSince(at);
			site.enableWebhook(webhook.id);
			model.disabledByPerson(false);
		},
	},
	/** What reads the site or its webhook is refused, until a person has put it right. */
	tokenExpired: {
		weight: 1,
		run: async (world, chance) => {
			const { tokens } = world.site;
			const at = clock.now;
			tokens.areExpired = true;
			await deeds(world, chance, 3);
			await clock.pass(chance.int(100) * MINUTE);
			world.model.wrongSince(at);
			tokens.areExpired = false;
		},
	},
	roleLost: {
		weight: 1,
		run: async (world, chance) => {
			const { admin } = world.site.site.users;
			const at = clock.now;
			admin.role = chance.pick(['Contributor', 'Viewer']);
			await deeds(world, chance, 3);
			await clock.pass(chance.int(100) * MINUTE);
			world.model.wrongSince(at);
			admin.role = 'Admin';
		},
	},
	/** One of the site's servers is behind with its lists: some calls see what the next ones do not. */
	serverBehind: {
		weight: 1,
		run: async (world, chance) => {
			const { settings } = world.site;
			const usual = settings.listsLateBySeconds;
			const get = () => (clock.now % 120 < 60 ? usual : 240);
			Object.defineProperty(settings, 'listsLateBySeconds', { get, configurable: true });
			await deeds(world, chance, 5);
			await clock.pass(chance.int(50) * MINUTE);
			Object.defineProperty(settings, 'listsLateBySeconds', { value: usual });
		},
	},
	incomplete: {
		weight: 1,
		run: ({ site }, chance) => {
			const events = site.backend.webhooks.current[0]?.events;
			if (events?.size) events.delete(chance.pick([...events.keys()]));
		},
	},
	deleteWebhook: { weight: 2, run: ({ site }) => site.backend.webhooks.current[0]?.remove() },
	disable: {
		weight: 2,
		run: async (world, chance) => {
			const { n8n, polled: row, model } = world;
			if (row.isDisabled || !n8n.isUp || !world.rows.includes(row)) return;
			await world.passUntil(n8n.publishVersion(row, () => (row.isDisabled = true)));
			model.switched(row, false);
			await clock.pass(5 * MINUTE);
			await deeds(world, chance, 3);
			await clock.pass(65 * MINUTE);
			model.switched(row, true);
			void n8n.publishVersion(row, () => (row.isDisabled = false));
			await clock.pass(2 * MINUTE);
		},
	},
} as const satisfies Record<string, Act>;

export type ActName = keyof typeof ACTS;

/** What changes a page or its place, and of which the workflows are not to hear. */
async function otherDeed({ site: { site }, model, pages, count }: World, chance: Chance) {
	await clock.pass(3 * SECOND);
	if (pages.length === 0) return;
	const page = chance.pick(pages);
	const name = `O${count}-${chance.fork()}`;
	chance.pick([
		() => site.movePage(page, name),
		() => site.tagPage(page, { add: [name] }),
		() => site.attachFile(page, 'picture.png'),
		() => model.deed(site.createPage(`${site.page(page).path}/${name}`), 'created'),
	])();
}

/** A page goes with all below it: one event, and one entry of the archive. */
async function deleteTree(world: World, chance: Chance): Promise<void> {
	const { model } = world;
	const { site } = world.site;
	const tree = `T${++world.count}`;
	for (const path of [tree, `${tree}/One`, `${tree}/One/Two`]) {
		await clock.pass(3 * SECOND);
		model.deed(site.createPage(path, { html: path }), 'created');
	}
	await clock.pass(3 * SECOND + chance.int(90) * MINUTE);
	const deletion = site.deletePage(tree, { recursive: true });
	model.deed(deletion, 'deleted');
	world.trees.push(deletion.pageId);
}

/** A deleted tree comes back, as it was. */
async function restoreTree({ site: { site }, trees, model }: World): Promise<void> {
	const tree = trees.shift();
	if (tree === undefined) return;
	await clock.pass(3 * SECOND);
	model.restored(site.restorePage(tree));
}

/** Moves the dot between timestamp and body, or names another page. */
function forge(world: World, chance: Chance): void {
	const { recorded, n8n, isUnsigned } = world;
	// Without a signature, whoever has the token may send what he likes.
	if (recorded.length === 0 || !n8n.isUp || isUnsigned) return;
	const sent = chance.pick(recorded);
	const { headers, event } = sent;
	const timestamp = headers['X-Nexus-Timestamp']!;
	const signed = `${timestamp}.${event.xml}`;
	const dots = [...signed.matchAll(/\./g)].map(({ index }) => index).slice(1, 4);
	const dot = chance.is(0.5) ? chance.pick(dots) : undefined;
	const [time, text] =
		dot === undefined
			? [timestamp, event.xml.replace(/page id="\d+"/, 'page id="7"')]
			: [signed.slice(0, dot), signed.slice(dot + 1)];
	if (text === event.xml) return;
	const more = { 'X-Nexus-Timestamp': time, 'X-Nexus-Delivery-Id': `forged-${chance.fork()}` };
	void world.forge({
		...sent,
		headers: { ...headers, ...more },
		event: { ...event, body: Buffer.from(text) },
	});
}

/** An older version of the workflow comes back with its static data, the second time. */
async function putBack(world: World): Promise<void> {
	const { n8n, rows, model } = world;
	if (!n8n.isUp) return;
	if (world.backup === undefined) {
		world.backup = rows.map(({ staticData }) => staticData);
		return;
	}
	await clock.pass(5 * SECOND);
	n8n.kill();
	for (const [index, row] of rows.entries()) row.staticData = world.backup[index]!;
	world.backup = undefined;
	model.putBackAt.push(clock.now);
	await clock.pass(2 * SECOND);
	await start(world);
}
