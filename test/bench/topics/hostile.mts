import { hostileDocuments } from '../../support/e2e/hostile-documents.mts';
import { readXml } from '../built.mts';
import { type XmlReader, xmlReaders } from '../peers/index.mts';
import { type Goal, type Outcome, type Row, written } from '../report.mts';

/* What readers make of documents that somebody has made to break them, and in what time. */

const own: XmlReader = {
	name: 'readXml of the node',
	read: (xml) => {
		const result = readXml(xml);
		if (!result.ok) throw new Error(result.failure);
		return result.value;
	},
};

/** n8n does nothing else meanwhile, and has a second for each delivery. */
const LONGEST = 500;

export default async function run(): Promise<Outcome> {
	let worst = 0;
	let asWanted = 0;
	const rows = hostileDocuments.map(({ name, body, unreadable }): Row => {
		const xml = body();
		const row: Row = { document: name, 'should be': unreadable === undefined ? 'read' : 'refused' };
		for (const reader of [own, ...xmlReaders]) {
			const { verdict, milliseconds } = meet(reader, xml);
			row[reader.name] = `${verdict}, ${written(milliseconds)} ms`;
			if (reader !== own) continue;
			worst = Math.max(worst, milliseconds);
			if (verdict === row['should be']) asWanted += 1;
		}
		return row;
	});
	const goals: Goal[] = [
		{
			goal: `all ${rows.length} as they should be`,
			measured: asWanted,
			met: asWanted === rows.length,
		},
		{ goal: `ms for the worst: at most ${LONGEST}`, measured: worst, met: worst <= LONGEST },
	];
	return { tables: [{ title: 'Hostile documents', rows }], goals };
}

/** The quickest of three: it is the document that is measured, not the first call. */
function meet({ read }: XmlReader, xml: string): { verdict: string; milliseconds: number } {
	let verdict = 'read';
	const times = [1, 2, 3].map(() => {
		const start = performance.now();
		try {
			read(xml);
		} catch {
			verdict = 'refused';
		}
		return performance.now() - start;
	});
	return { verdict, milliseconds: Math.min(...times) };
}
