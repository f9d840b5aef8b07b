import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as Xml from '../../nodes/CxoneExpert/api/xml.ts';
import { median } from 'simple-statistics';
import { figuresTable } from '../support/figures-table.mts';
import { type Simulator, startSimulator } from '../support/simulator/index.mts';
import { type Builds, loadSource, loadTrigger } from './builds.mts';
import { inTurn, ratio } from './in-turn.mts';
import { BenchTrigger, realSeconds } from './trigger.mts';

const { readXml } = (await loadSource('api/xml.ts')) as typeof Xml;

type Node = Awaited<ReturnType<typeof loadTrigger>>;

const REMEMBERED = [0, 1_000, 10_000];
const SIZES = { '0.5 kB': 500, '2 kB': 2_000, '20 kB': 20_000 };
const PER_ROUND = 100;
/** The watch checks about so often as in five minutes of a site with 10,000 events a day. */
const PER_CHECK = 35;
const DAY_SECONDS = 24 * 3600;

/**
 * What one genuine delivery costs in the node, from n8n's call of `webhook()` to the response, by how
 * many the node remembers. All builds are in this process, and take turns with the floor, which is what no
 * receiver can do without: the HMAC over the bytes, and the XML reader alone. Times are of the processor: what
 * else the machine does is not counted.
 */
export async function benchDelivery(builds: Builds, rounds: number): Promise<void> {
	const site = await startSimulator();
	const nodes: Node[] = [];
	for (const build of builds.all) nodes.push(await loadTrigger(build));
	// Compiled before it counts.
	await fill(
		nodes.map((node) => new FilledTrigger(node, site, 1_000)),
		1_000,
	);
	const rows = [];
	for (const remembered of REMEMBERED) {
		const triggers = nodes.map((node) => new FilledTrigger(node, site, remembered));
		await fill(triggers, remembered);
		for (const [size, length] of Object.entries(SIZES)) {
			const measured = triggers.map((trigger) => async () => await trigger.round(length));
			const [least, own, other] = await inTurn(
				[async () => await floorOf(length), ...measured],
				rounds,
			);
			rows.push({
				remembered,
				size,
				'floor, µs': median(least!),
				'this build, µs': median(own!),
				'times the floor': ratio(own!, least!).ratio,
				...(other && { 'the other, µs': median(other), ...compared(ratio(own!, other)) }),
				'stored, kB': triggers[0]!.storedKb,
			});
		}
	}
	await site.close();
	console.log(figuresTable(rows));
}

function compared({ ratio: times, half }: ReturnType<typeof ratio>) {
	return { ratio: times, 'middle half': half.map((each) => each.toFixed(2)).join(' – ') };
}

/** All take turns: the memory of none is younger than that of another. */
async function fill(triggers: FilledTrigger[], count: number): Promise<void> {
	for (const trigger of triggers) await trigger.publish();
	for (let n = 0; n < count; n += PER_CHECK) {
		for (const trigger of triggers) await trigger.receive(PER_CHECK);
	}
}

/** A trigger that remembers so many deliveries. */
class FilledTrigger {
	private readonly node: Node;
	private readonly site: Simulator;
	private readonly remembered: number;
	/** So far apart that a trigger which remembers for a day stays at the number. */
	private readonly stepSeconds: number;
	private seconds = 0;
	private trigger!: BenchTrigger;

	constructor(node: Node, site: Simulator, remembered: number) {
		this.node = node;
		this.site = site;
		this.remembered = remembered;
		this.stepSeconds = remembered === 0 ? 1 : DAY_SECONDS / remembered;
	}

	get storedKb(): number {
		return this.trigger.storedBytes / 1000;
	}

	async publish(): Promise<void> {
		this.trigger = await new BenchTrigger(this.node, this.site).publish();
		this.seconds = realSeconds();
	}

	async receive(count: number): Promise<void> {
		await this.settle();
		for (let n = 0; n < count; n++) await this.trigger.receive(this.next(500));
	}

	/** Microseconds of the processor for one delivery. */
	async round(length: number): Promise<number> {
		// None is remembered: a new trigger each time.
		if (this.remembered === 0) await this.publish();
		const deliveries = Array.from({ length: PER_ROUND }, () => this.next(length));
		await this.settle();
		return await cpuOfEach(deliveries, async (delivery) => await this.trigger.receive(delivery));
	}

	/** The next deliveries shall not pay for timers and garbage that those before have left. */
	private async settle(): Promise<void> {
		await this.trigger.tick();
		await nextTurn();
		collectYoungGarbage();
	}

	private next(length: number) {
		this.seconds += this.stepSeconds;
		const seconds = Math.floor(this.seconds);
		return this.trigger.sign(Buffer.from(eventXml(length, seconds)), seconds);
	}
}

/** Microseconds of the processor. */
async function cpuOfEach<T>(deliveries: T[], take: (delivery: T) => Promise<void>) {
	const before = process.cpuUsage();
	for (const delivery of deliveries) await take(delivery);
	const { user, system } = process.cpuUsage(before);
	return (user + system) / deliveries.length;
}

async function floorOf(length: number): Promise<number> {
	const sign = (body: Buffer) =>
		createHmac('sha256', 'whsec_of-the-bench').update('1800000000.').update(body).digest();
	const now = realSeconds();
	const deliveries = Array.from({ length: PER_ROUND }, (_, index) => {
		const body = Buffer.from(eventXml(length, now + index));
		return { body, signature: sign(body) };
	});
	collectYoungGarbage();
	return await cpuOfEach(deliveries, async ({ body, signature }) => {
		if (!timingSafeEqual(sign(body), signature)) throw new Error('wrong signature');
		readXml(body.toString());
	});
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as NonNullable<typeof globalThis.gc>;

/** Not all of it: a full collection also takes what the engine has learnt. */
function collectYoungGarbage(): void {
	void gc({ type: 'minor' });
}

/** An event in the form of the vendor's samples, filled up with pages to about so many characters. */
function eventXml(length: number, seconds: number): string {
	const time = new Date(seconds * 1000).toISOString().replace('.000', '');
	const start = `<event id="${randomUUID()}" datetime="${time}" mt-epoch="1136393985653" type="page:delete" wikiid="site_1" language="en-US" journaled="true" version="5"><request id="143c3406-fdfd-11f0-8674-2e3f57c9d8ea" seq="1" count="2"><signature>POST:pages/*</signature></request><page id="${seconds}" revision="0"><path>Category_2/Guide_2</path></page><deletedpages>`;
	const end = '</deletedpages></event>';
	let pages = '';
	for (let id = 4000; start.length + pages.length + end.length < length; id++) {
		pages += `<page id="${id}" revision="${id % 30}"><path>Category_2/Guide_2/Größe_&amp;_Preis_${id}</path><title>Sizes &amp; prices of ${id}</title></page>`;
	}
	return start + pages + end;
}
