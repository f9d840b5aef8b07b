import { expect, it } from 'vitest';

import { shortenedDeliveryId } from '../../../nodes/CxoneExpert/protocol/headers.ts';

it.each([
	['nothing', undefined, '(no id)'],
	['several', ['a', 'b'], '(no id)'],
	['a number', 7, '(no id)'],
	['a UUID', '9f1c1e2a-fdfd-11f0-8674-aa9553f76750', '9f1c1e2a-fdfd-11f0-8674-aa9553f76750'],
	['one of a test delivery', 'n8n-test-8f14e45f', 'n8n-test-8f14e45f'],
	['one of all characters that ids are made of', 'aZ0_.:-', 'aZ0_.:-'],
	['a longer one', 'x'.repeat(41), `${'x'.repeat(40)}…`],
	['one with a line break', 'a\r\nfake line', 'a??fake?line'],
	['one with a link', '<a/href=//x.co>Fix</a>', '?a?href???x.co?Fix??a?'],
	['one that is not ASCII', 'ä\u2028b', '??b'],
	['a long one with a line break behind what is shown', `${'x'.repeat(40)}\n`, `${'x'.repeat(40)}…`],
])('the log shows a safe delivery id for %s', (_case, id, shown) => {
	expect(shortenedDeliveryId(id)).toBe(shown);
});
