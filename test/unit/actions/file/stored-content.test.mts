import { expect, it } from 'vitest';

import { isOtherContent } from '../../../../nodes/CxoneExpert/actions/file/stored-content.ts';

const announced = { type: 'text/plain', size: 3 };

it.each([
	['what was announced', { type: 'text/plain', size: 3 }, false],
	['another version of it', { type: 'Text/Plain; charset=utf-8', size: 9 }, false],
	['the same under another name', { type: 'application/octet-stream', size: 3 }, false],
	['another format of it', { type: 'image/webp', size: 9 }, false],
	['something of no type', { type: '', size: 9 }, false],
	['a message in JSON', { type: 'application/json', size: 9 }, true],
	['something else', { type: 'application/xml', size: 9 }, true],
	['nothing', { type: 'text/plain', size: 0 }, true],
	['nothing of no type', { size: 0 }, true],
])('isOtherContent judges %s', (_what, given, isOther) => {
	expect(isOtherContent(announced, given)).toBe(isOther);
});

it('isOtherContent accepts any content when no length was announced, but not an empty one in place of another', () => {
	expect(isOtherContent({ type: 'text/plain' }, { type: 'text/html', size: 9 })).toBe(false);
	expect(isOtherContent({ type: 'text/plain', size: 0 }, { size: 0 })).toBe(false);
});
