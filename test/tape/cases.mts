import {
	sendDelivery,
	type HttpResponse,
	type SingleDelivery,
} from '../support/simulator/index.mts';
import { gate } from '../support/integration/gate.mts';
import { now } from '../support/integration/delivery.mts';
import { pass, passMinutes, seeded, settle, type Take } from './tape.mts';
import { eventTypes } from '../support/simulator/index.mts';

/* What can come to a trigger, and what n8n can do meanwhile. */

/** One event on its way; sent twice it is a copy. */
export interface Sent {
	body: string | Uint8Array;
	deliveryId: string;
	timestamp: string;
}

type Moment = 'store' | 'commit' | 'slot' | 'save' | 'readCredential' | 'read';

interface Delay {
	ms?: number;
	fails?: boolean;
}

type Changes = Partial<SingleDelivery>;

/** What is sent to one trigger, by numbers that are the same in each run. */
export class Sender {
	readonly take: Take;
	readonly isTest: boolean;
	readonly history: Sent[] = [];
	private readonly random: () => number;
	private count = 0;
	private types = 0;

	constructor(take: Take, seed: number, isTest = false) {
		this.take = take;
		this.isTest = isTest;
		this.random = seeded(seed);
		this.types = seed * 7;
	}

	pick<T>(list: readonly T[]): T {
		return list[Math.floor(this.random() * list.length)]!;
	}

	/** All types in turn, about pages that are there and others that are not. */
	event(type = eventTypes[this.types++ % eventTypes.length]!.path): Sent {
		const { site } = this.take.scene;
		const number = String(++this.count).padStart(12, '0');
		const pages = [...site.site.pages.current].slice(0, 6);
		const page = this.random() < 0.2 ? { id: 999, path: 'Gone/Page' } : this.pick(pages);
		const { xml } = site.emit(type, {
			...(type.startsWith('user_') || this.random() < 0.3 ? {} : { page }),
			id: `143c3406-fdfd-11f0-8674-${number}`,
			by: this.pick(['admin', 'editor', 'reader', undefined]),
			request: { id: `243c3406-fdfd-11f0-8674-${number}`, seq: 1, count: 2 },
		});
		return this.remember({ body: xml, deliveryId: `30000000-0000-4000-8000-${number}` });
	}

	remember(event: Omit<Sent, 'timestamp'>): Sent {
		const sent = { ...event, timestamp: now() };
		this.history.push(sent);
		return sent;
	}

	/** One that has been sent; the first one comes into being. */
	known(): Sent {
		return this.history.length === 0 ? this.event() : this.pick(this.history.slice(-12));
	}

	async send(sent: Sent, changes: Changes = {}): Promise<HttpResponse> {
		const { site, host } = this.take.scene;
		const url = this.isTest ? host.testUrl : host.webhookUrl;
		const authorization = site.webhooks().find((webhook) => webhook.url === url);
		return await sendDelivery(url, {
			...sent,
			authorization: authorization?.authorizationHeader,
			secret: site.settings.signingSecret,
			timeoutMs: 60_000,
			...changes,
		});
	}

	/** What n8n does at this point takes that long, or goes wrong, while it is sent. */
	async while(
		moment: Moment,
		{ ms = 0, fails = false }: Delay,
		...deliveries: Sent[]
	): Promise<HttpResponse[]> {
		const { host } = this.take.scene;
		const before = host[moment];
		const waiting = gate();
		host[moment] = waiting.wait;
		const responses: Array<Promise<HttpResponse>> = [];
		for (const each of deliveries) {
			responses.push(this.send(each));
			await settle();
		}
		await pass(ms);
		host[moment] = before;
		if (fails) waiting.fail(new Error('the database is down'));
		else waiting.open();
		return await Promise.all(responses);
	}
}

/** Signed anew. */
const again = (sent: Sent): Sent => ({ ...sent, timestamp: now(1) });

const HEADERS = [
	...['Authorization', 'X-Nexus-Signature-256', 'X-Nexus-Timestamp', 'X-Nexus-Delivery-Id'],
	...['X-Nexus-Event-Type', 'Content-Type'],
];

const ODD_HEADERS: Array<Record<string, string>> = [
	{ 'X-Nexus-Signature-256': 'sha256=zz' },
	{ 'X-Nexus-Signature-256': 'sha1=0123' },
	{ 'X-Nexus-Timestamp': 'soon' },
	{ 'X-Nexus-Timestamp': '1e9' },
	{ 'X-Nexus-Delivery-Id': '' },
	{ 'X-Nexus-Delivery-Id': 'x'.repeat(300) },
	{ 'X-Nexus-Event-Type': 'Something_New' },
	{ 'Content-Type': 'application/json' },
	{ Authorization: 'Bearer' },
];

const BODIES: Array<string | Uint8Array> = [
	...['', '<', 'no XML', '<event/>', '<event type="page:create"', '<html><body/></html>'],
	...['<events/>', '<event type="page:create"><page id="7"/></event><event/>'],
	...['<!DOCTYPE e [<!ENTITY a "b">]><event type="page:create">&a;</event>', 'x'.repeat(300_000)],
	...['<event type="page:frobnicate" id="1"><page id="7"><path>Guides/Seven</path></page></event>'],
	...[
		`<events>${[1, 2].map((id) => `<event id="e${id}" type="page:delete"><page id="${id}"><path>Two/${id}</path></page></event>`).join('')}</events>`,
	],
	Uint8Array.from([0x3c, 0x65, 0xff, 0xfe, 0x00, 0x3e]),
];

type Kind = (sender: Sender) => Promise<unknown>;

const fresh: Kind = (s) => s.send(s.event());

const thenRetry =
	(moment: Moment, how: Delay): Kind =>
	async (s) => {
		const sent = s.event();
		return [...(await s.while(moment, how, sent)), await s.send(again(sent))];
	};

const twice =
	(how: Delay): Kind =>
	(s) => {
		const sent = s.event();
		return s.while('store', how, sent, again(sent));
	};

/** Each with how often it comes. */
export const KINDS: Record<string, [weight: number, kind: Kind]> = {
	'a new event': [14, fresh],
	'a copy': [4, (s) => s.send(s.known())],
	'a retry': [5, (s) => s.send(again(s.known()))],
	'a copy under another delivery id': [1, (s) => s.send({ ...s.known(), deliveryId: 'other' })],
	'a retry under another delivery id': [
		1,
		(s) => s.send({ ...again(s.known()), deliveryId: 'another' }),
	],
	'another event under a known delivery id': [
		1,
		(s) => s.send({ ...s.event(), deliveryId: s.known().deliveryId }),
	],
	'a wrong secret': [2, (s) => s.send(s.event(), { secret: 'whsec_other' })],
	'the previous secret': [2, (s) => s.send(s.event(), { secret: 'whsec_previous' })],
	'a copy with a wrong secret': [1, (s) => s.send(s.known(), { secret: 'whsec_other' })],
	'a wrong token': [2, (s) => s.send(s.event(), { authorization: 'Bearer wrong' })],
	'a missing header': [3, (s) => s.send(s.event(), { headers: { [s.pick(HEADERS)]: null } })],
	'an odd header': [3, (s) => s.send(s.event(), { headers: s.pick(ODD_HEADERS) })],
	'an odd body': [
		4,
		(s) => s.send(s.remember({ body: s.pick(BODIES), deliveryId: `odd-${s.history.length}` })),
	],
	'too old': [2, (s) => s.send({ ...s.event(), timestamp: now(-s.pick([3500, 3700, 90_000])) })],
	'a retry that is too old': [1, (s) => s.send({ ...s.known(), timestamp: now(-7200) })],
	'from the future': [1, (s) => s.send({ ...s.event(), timestamp: now(s.pick([200, 7200])) })],
	'in milliseconds': [1, (s) => s.send({ ...s.event(), timestamp: `${now()}000` })],
	'not stored, and its retry': [3, thenRetry('store', { fails: true })],
	'not committed, and its retry': [2, thenRetry('commit', { fails: true })],
	'stored late, and its retry': [3, thenRetry('store', { ms: 1200 })],
	'not stored in the end': [1, thenRetry('store', { ms: 1200, fails: true })],
	'a place late': [2, (s) => s.while('slot', { ms: 1200 }, s.event())],
	'saved late': [1, (s) => s.while('save', { ms: 1200 }, s.event())],
	'a credential late': [1, (s) => s.while('readCredential', { ms: 1200 }, s.event())],
	'no credential': [1, (s) => s.while('readCredential', { fails: true }, s.event())],
	'two copies at once': [2, twice({ ms: 100 })],
	'two copies at once, not stored': [1, twice({ fails: true })],
	'several while n8n stores': [
		3,
		(s) => s.while('store', { ms: 100 }, s.event(), s.event(), s.event(), s.known()),
	],
	'several while n8n stores late': [
		1,
		(s) => s.while('store', { ms: 1200 }, s.event(), s.event(), s.event()),
	],
	'after a restart': [3, (s) => restarted(s).then(() => s.send(s.event()))],
	'a retry after a restart': [3, (s) => restarted(s).then(() => s.send(again(s.known())))],
	'a copy where static data was lost': [1, (s) => lost(s).then(() => s.send(s.known()))],
	'after an hour': [1, (s) => passMinutes(61).then(() => s.send(s.event()))],
	'a copy after an hour': [1, (s) => passMinutes(61).then(() => s.send(s.known()))],
	'the site refuses all calls': [
		2,
		async (s) => {
			const { faults } = s.take.scene.site;
			faults.add({ effect: { status: 500 } });
			return await fresh(s).finally(() => faults.clear());
		},
	],
};

async function lost(s: Sender): Promise<void> {
	s.take.scene.host.row.staticData = '{}';
	await restarted(s);
}

async function restarted({ take: { scene }, isTest }: Sender): Promise<void> {
	if (isTest) return;
	await scene.host.restart();
	await scene.host.production.checkExists('init');
}
