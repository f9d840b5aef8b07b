import type { PageReference } from '../input/page-reference';
import { attribute, type XmlElement } from '../../api/xml';

/** The number of the page that an answer is about: as it was asked for, or from its own address. */
export function pageIdOf({ key }: PageReference, answer: XmlElement): string | undefined {
	if (/^\d+$/.test(key)) return key;
	return /\/pages\/(\d+)\//.exec(attribute(answer, 'href') ?? '')?.[1];
}
