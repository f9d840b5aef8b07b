import { present } from '../present.mts';
import { sampleOf } from '../vendor-samples.mts';

export const TAGS = present(sampleOf('GET pages/{id}/tags'));

export const BEFORE = ['article:howto', 'Reviewed in May'];

export const responseWith = (...names: string[]) =>
	`<tags count="${names.length}">${names.map((name) => `<tag value="${name}"/>`).join('')}</tags>`;
