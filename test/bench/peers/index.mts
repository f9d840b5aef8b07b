import { fastXmlParser } from './fast-xml-parser.mts';
import { saxes } from './saxes.mts';
import { standardWebhooks } from './standardwebhooks.mts';
import { stripe } from './stripe.mts';
import { txml } from './txml.mts';
import { vendorSample } from './vendor-sample.mts';
import { xml2js } from './xml2js.mts';

/** Something that checks the signature of a delivery. */
export interface Verifier {
	name: string;
	/** Signs the body in its own way, and returns what then checks it: throws when it is wrong. */
	prepare: (secret: string, body: Buffer) => () => void;
}

/** Something that makes an object out of XML. Throws when it does not accept the text. */
export interface XmlReader {
	name: string;
	read: (xml: string) => unknown;
}

/** To add one is a file and a word here. */
export const verifiers: Verifier[] = [vendorSample, stripe, standardWebhooks];
export const xmlReaders: XmlReader[] = [fastXmlParser, xml2js, saxes, txml];
/** The usual choice for a webhook in Node, which all chains of verifier and reader use. */
export const usualReader = xml2js;
