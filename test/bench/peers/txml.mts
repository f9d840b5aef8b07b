import { parse } from 'txml/txml';
import type { XmlReader } from './index.mts';

export const txml: XmlReader = {
	name: 'txml',
	read: (xml) =>
		parse(xml, { decodeEntities: true, skipXmlDeclaration: true, selfClosingTags: [] }),
};
