import { inTurn, ratio, type Subject } from '../harness.mts';
import { atMost, comparison, type Goal, type Outcome, type Row, type Table } from '../report.mts';
import { eventXml, type SignedHeaders, sizes } from '../sample.mts';
import { accepted, Deliveries, Trigger } from '../trigger.mts';

/* What a forged delivery costs beside an accepted one, and whether its body is read at all. */

const forgeries: Record<string, Forge> = {
	'a wrong signature': (genuine) => ({
		...genuine,
		'x-nexus-signature-256': `sha256=${'0'.repeat(64)}`,
	}),
	'a wrong Authorization': (genuine) => ({ ...genuine, authorization: 'Bearer guessed' }),
	'a malformed timestamp': (genuine) => ({ ...genuine, 'x-nexus-timestamp': '1e9' }),
};

export default async function run(): Promise<Outcome> {
	const tables: Table[] = [];
	const goals: Goal[] = [];
	for (const [size, length] of Object.entries(sizes)) {
		const xml = eventXml(length);
		const forged = Object.entries(forgeries).map(([name, forge]) => refused(name, xml, forge));
		const [base, ...others] = await inTurn([accepted('accepted', xml), ...forged]);
		tables.push(comparison(`${size}: refused beside accepted`, [base!, ...others]));
		for (const timing of others) {
			goals.push(atMost(0.5, `${size}, ${timing.name}`, ratio(timing, base!).ratio));
		}
	}
	tables.push({ title: 'Responses, and how often the body was read', rows: await bodyReads() });
	return { tables, goals };
}

type Forge = (genuine: SignedHeaders) => SignedHeaders;

function refused(name: string, xml: string, forge: Forge): Subject {
	const trigger = new Trigger();
	const { body, next } = new Deliveries(xml, 1);
	const headers = forge(next());
	return { name, run: async () => await trigger.receive(headers, body) };
}

async function bodyReads(): Promise<Row[]> {
	const all = Object.entries<Forge>({ 'nothing wrong': (genuine) => genuine, ...forgeries });
	return await Promise.all(
		all.map(async ([name, forge]) => {
			const trigger = new Trigger();
			const { body, next } = new Deliveries(eventXml(2000), 1);
			await trigger.receive(forge(next()), body);
			return { 'headers with': name, status: trigger.lastStatus, 'body read': trigger.bodyReads };
		}),
	);
}
