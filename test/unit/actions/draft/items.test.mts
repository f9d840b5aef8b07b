import { expect, it } from 'vitest';

import { draftItem } from '../../../../nodes/CxoneExpert/actions/draft/items.ts';
import { ITEM, SAMPLE } from '../../../support/unit/draft-samples.mts';
import { rootOf } from '../../../support/unit/samples.mts';

it('draftItem has the fields of the sample of the specification', () => {
	expect(draftItem(rootOf(SAMPLE))).toEqual(ITEM);
});

it('draftItem leaves out what the response does not have', () => {
	expect(draftItem(rootOf('<draft/>'))).toStrictEqual({});
	expect(draftItem(rootOf('<draft state="inactive"/>'))).toStrictEqual({ state: 'inactive' });
});

/** The url of a draft in this state whose address ends like this. */
function urlEnd(state: string, end: string) {
	const address = `https://site.example/A${end.replaceAll('&', '&amp;')}`;
	const draft = `<draft state="${state}"><uri.ui>${address}</uri.ui></draft>`;
	return draftItem(rootOf(draft)).url;
}

it.each(['active', 'unpublished'])('draftItem: the url of a draft that is %s shows it', (state) => {
	expect(urlEnd(state, '?mt-draft=true')).toBe('https://site.example/A?mt-draft=true');
});

it.each([
	['', ''],
	['?mt-draft=true', ''],
	['?MT-Draft=True', ''],
	['?mt-draft=true#part', '#part'],
	['?a=1&mt-draft=true', '?a=1'],
	['?a=1&mt-draft=true#part', '?a=1#part'],
	['?mt-draft=true&a=1', '?a=1'],
	['?a=1&mt-draft=true&b=2', '?a=1&b=2'],
	// These are other parameters.
	['?mt-draft=false', '?mt-draft=false'],
	['?mt-draft=trueish', '?mt-draft=trueish'],
	['?no-mt-draft=true', '?no-mt-draft=true'],
])(
	'draftItem: without a draft, the url that ends with "%s" is that of the page: "%s"',
	(end, rest) => {
		expect(urlEnd('inactive', end)).toBe(`https://site.example/A${rest}`);
	},
);
