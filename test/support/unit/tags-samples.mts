import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const TAGS = present(sampleOf('GET pages/{id}/tags'));

export const BEFORE = ['article:howto', 'Reviewed in May'];

export const page = { mode: 'id', value: '371' };

export const responseWith = (...names: string[]) =>
	`<tags count="${names.length}">${names.map((name) => `<tag value="${name}"/>`).join('')}</tags>`;

/** The document that is sent when a page is to have these tags. */
export const sent = (...names: string[]) =>
	`<tags>${names.map((name) => `<tag value="${name}"></tag>`).join('')}</tags>`;
