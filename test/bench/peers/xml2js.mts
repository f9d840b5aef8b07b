import { Parser } from 'xml2js';
import type { XmlReader } from './index.mts';

/** A new parser for each document: one that has failed cannot be used again. */
export const xml2js: XmlReader = {
	name: 'xml2js',
	read: (xml) => {
		let result: unknown;
		// Calls back before it returns.
		new Parser().parseString(xml, (error, parsed) => {
			if (error !== null) throw error;
			result = parsed;
		});
		return result;
	},
};
