import { expect, it } from 'vitest';

import { compareIndex, removesTooMany } from '../../../nodes/CxoneExpert/actions/comparison/changes.ts';

const page = (id: string, version = 'a') => ({ id, version });
const nothing = { add: [], update: [], remove: [] };

it.each([
	['equals the site', [page('1')], [page('1')], nothing],
	['is empty', [], [page('1')], { ...nothing, add: [page('1')] }],
	['has another version', [page('1')], [page('1', 'b')], { ...nothing, update: [page('1', 'b')] }],
	['has what the site does not show', [page('1'), page('2')], [page('1')], { ...nothing, remove: ['2'] }],
	['has a removed page twice', [page('1'), page('1', 'b')], [], { ...nothing, remove: ['1'] }],
	['has a page twice in one version', [page('1'), page('1')], [page('1')], nothing],
	['has a page in two versions', [page('1'), page('1', 'b')], [page('1')], { ...nothing, update: [page('1')] }],
])('compareIndex gives what is to be done where the index %s', (_, index, pages, expected) => {
	expect(compareIndex(index, pages)).toEqual(expected);
});

it.each([
	[20, 100, 20, false],
	[21, 100, 20, true],
	[1, 4, 20, true],
	[0, 0, 20, false],
	[1, 1, 100, false],
	[1, 100, 0, true],
])('removesTooMany: %i of %i at a maximum of %i percent is %s', (removed, indexed, percent, expected) => {
	expect(removesTooMany(removed, indexed, percent)).toBe(expected);
});
