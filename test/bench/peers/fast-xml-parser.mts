import { XMLParser } from 'fast-xml-parser';
import type { XmlReader } from './index.mts';

/** The library that the node uses, without the validator and the other guards around it. */
const parser = new XMLParser({
	ignoreAttributes: false,
	attributeNamePrefix: '@',
	parseTagValue: false,
	ignoreDeclaration: true,
});

export const fastXmlParser: XmlReader = {
	name: 'fast-xml-parser alone',
	read: (xml) => parser.parse(xml) as unknown,
};
