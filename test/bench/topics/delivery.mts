import type * as Store from '../../../nodes/CxoneExpert/trigger/delivery/dedup/delivery-store.ts';
import {
	DeliveryStore,
	idKey,
	isSameAuthorization,
	isSignedWithAny,
	messageKey,
	parseDelivery,
	parseHeaders,
	readXml,
	sign,
} from '../built.mts';
import { inTurn, ratio, type Subject } from '../harness.mts';
import { usualReader, verifiers } from '../peers/index.mts';
import { atLeast, atMost, comparison, type Goal, type Outcome, type Table } from '../report.mts';
import { AUTHORIZATION, eventXml, SECRET, sizes } from '../sample.mts';
import { accepted, Deliveries, type Given, PER_NODE } from '../trigger.mts';

/*
 * One delivery inside the node, without HTTP and database. The floor is what no receiver can do
 * without: the HMAC over the bytes, and the XML reader alone.
 */

const parameters = { verifySignature: true, maxDeliveryAgeSeconds: 3600 };

/** The node's defaults. */
const limits = { rememberForSeconds: 24 * 3600, maxRemembered: 10_000, maxAgeSeconds: 3600 };

/** As it is published: the watch has stored where it stands. */
const watched: Given = {
	stored: (nodeId) => {
		const publishedAt = Date.now() - 86_400_000;
		return { [`cxoneExpertWatch:${nodeId}`]: { progress: { publishedAt, cursor: publishedAt } } };
	},
};
const unwatchedOptions: Given = {
	additionalOptions: { repairWebhook: false, recoverMissedChanges: false },
};

export default async function run(): Promise<Outcome> {
	const tables: Table[] = [];
	const goals: Goal[] = [];
	for (const [size, length] of Object.entries(sizes)) {
		const xml = eventXml(length);
		const [floor, whole, ...others] = await inTurn([
			floorOf(xml),
			accepted('**whole path of the node**', xml, watched),
			...chains(xml),
			accepted('the same without repair and recovery', xml, unwatchedOptions),
			...[authenticate, read, remember].map((step) => step(xml)),
		]);
		tables.push(comparison(`${size}: one delivery`, [floor!, whole!, ...others]));
		if (length >= 2000) {
			goals.push(atMost(1.25, `${size}, whole path by floor`, ratio(whole!, floor!).ratio));
		}
		const byUs = others.slice(0, verifiers.length).map((chain) => ratio(chain, whole!).ratio);
		goals.push(atLeast(1.5, `${size}, best peer by whole path`, Math.min(...byUs)));
	}
	return { tables, goals };
}

function floorOf(xml: string): Subject {
	const { body, next } = new Deliveries(xml, 1);
	const timestamp = next()['x-nexus-timestamp'];
	const signatures = [sign(SECRET, timestamp, body)];
	const run = () => {
		isSignedWithAny([SECRET], { timestamp, signatures }, body);
		return readXml(body.toString());
	};
	return { name: 'the floor: HMAC and XML reader', run };
}

function chains(xml: string): Subject[] {
	const body = Buffer.from(xml);
	return verifiers.map(({ name, prepare }) => {
		const verify = prepare(SECRET, body);
		const run = () => {
			verify();
			return usualReader.read(body.toString());
		};
		return { name: `${name} + ${usualReader.name}`, run };
	});
}

function authenticate(xml: string): Subject {
	const { body, next } = new Deliveries(xml, 1);
	const headers = next();
	const signedAt = Number(headers['x-nexus-timestamp']) * 1000;
	const run = () => {
		if (!isSameAuthorization(headers.authorization, AUTHORIZATION)) throw new Error('wrong token');
		const parsed = parseHeaders(headers, parameters, signedAt);
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
		return isSignedWithAny([SECRET], parsed.value, body);
	};
	return { name: 'of it, authenticate', run };
}

function read(xml: string): Subject {
	const body = Buffer.from(xml);
	return { name: 'of it, read', run: () => parseDelivery(body, 'application/xml; charset=utf-8') };
}

/** Claim, eviction, confirmation and the record, with as many deliveries remembered as on the whole path. */
function remember(xml: string): Subject {
	let store: Store.DeliveryStore;
	const deliveries = new Deliveries(xml, PER_NODE, () => (store = new DeliveryStore()));
	const run = () => {
		const headers = deliveries.next();
		const timestamp = headers['x-nexus-timestamp'];
		const time = Number(timestamp);
		const result = store.claim({
			id: idKey(headers['x-nexus-delivery-id']),
			message: messageKey(timestamp, deliveries.body),
			time,
			isOutsideWindow: false,
		});
		if (result.kind !== 'claimed') throw new Error(result.kind);
		store.evict(time, time, limits);
		result.claim.confirm();
		return store.record(limits);
	};
	return { name: 'of it, remember', run };
}
