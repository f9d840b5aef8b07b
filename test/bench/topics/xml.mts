import { readXml } from '../built.mts';
import { inTurn } from '../harness.mts';
import { xmlReaders } from '../peers/index.mts';
import { comparison, type Outcome, type Table } from '../report.mts';
import { eventXml, sizes } from '../sample.mts';

/* The XML reader as the node uses it (validator, guards, one root) beside other parsers. */

export default async function run(): Promise<Outcome> {
	const tables: Table[] = [];
	for (const [size, length] of Object.entries(sizes)) {
		const xml = eventXml(length);
		const own = { name: '**readXml of the node**', run: () => readXml(xml) };
		const others = xmlReaders.map(({ name, read }) => ({ name, run: () => read(xml) }));
		tables.push(comparison(size, await inTurn([own, ...others])));
	}
	return { tables, goals: [] };
}
