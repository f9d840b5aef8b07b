import { expect, it } from 'vitest';

import { fileItem } from '../../../../nodes/CxoneExpert/actions/file/items.ts';
import { ITEM, SAMPLE } from '../../../support/unit/file-samples.mts';
import { rootOf } from '../../../support/unit/samples.mts';

const item = (content: string) => fileItem(rootOf(`<file id="1">${content}</file>`));

it('fileItem has the fields of the sample of the specification', () => {
	expect(fileItem(rootOf(SAMPLE))).toEqual(ITEM);
});

it('fileItem leaves out what the response does not have', () => {
	expect(fileItem(rootOf('<file/>'))).toStrictEqual({});
	expect(item('<contents/><page.parent/>')).toStrictEqual({ id: '1' });
});

it('fileItem has the texts that people have given the file', () => {
	expect(item('<description>A ball</description><alt-text>Round</alt-text>')).toEqual({
		...{ id: '1', description: 'A ball', altText: 'Round' },
	});
});

it.each(['-1', '1.5', 'many', ''])('fileItem leaves out a size that is no number: "%s"', (size) => {
	expect(item(`<contents type="text/plain" size="${size}"/>`)).toEqual({
		...{ id: '1', type: 'text/plain' },
	});
});
