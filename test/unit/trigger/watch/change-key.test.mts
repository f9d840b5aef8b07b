import { describe, expect, it } from 'vitest';

import { canonicalEventName } from '../../../../nodes/CxoneExpert/shared/events.ts';
import {
	changeNameOf,
	keyOf,
	likeChanges,
	nameOfKey,
} from '../../../../nodes/CxoneExpert/trigger/watch/change-key.ts';
import { rootOf } from '../../../support/unit/samples.mts';

const DATE = '2026-01-30T16:59:45Z';
const AT = Date.parse(DATE);

/** The change that an event tells of. */
function named(type: string, inside: string, datetime = DATE) {
	const xml = rootOf(`<event datetime="${datetime}">${inside}</event>`);
	return changeNameOf({ type: canonicalEventName(type), xml });
}

describe('changeNameOf', () => {
	it('changeNameOf names a new page by its id', () => {
		expect(named('page:create', '<page id="371"/>')).toEqual({
			...{ kind: 'c', subject: '371', at: AT },
		});
	});

	it.each([
		['beside the page', '<page id="371" revision="0"/><revision>4</revision>'],
		['at the page', '<page id="371" revision="4"/>'],
		['beside a page that has another', '<page id="371" revision="9"/><revision>4</revision>'],
		['at a page whose id is an element', '<page><id>371</id></page><revision>4</revision>'],
	])('changeNameOf finds the revision of an edit %s', (_case, inside) => {
		expect(named('page.content:update', inside)?.subject).toBe('371:4');
	});

	it('changeNameOf takes a revision 0 that the event itself names for a number', () => {
		const inside = '<page id="371" revision="0"/><revision>0</revision>';
		expect(named('page.content:update', inside)?.subject).toBe('371:0');
	});

	it('changeNameOf tells an edit from the creation of the same page', () => {
		const inside = '<page id="371" revision="1"/>';
		const keys = ['page:create', 'page.content:update'].map((type) => keyOf(named(type, inside)!));
		expect(keys).toEqual(['c:371', 'e:371:1']);
	});

	it.each([
		['an event that names no page', 'page:create', ''],
		['an edit that names no revision', 'page.content:update', '<page id="371"/>'],
		['an edit of revision 0', 'page.content:update', '<page id="371" revision="0"/>'],
	])('changeNameOf of %s has a type and a time', (_case, type, inside) => {
		expect(named(type, inside)).toEqual({ kind: expect.any(String), at: AT });
	});

	it.each(['page:move', 'page.tag:update', 'attachment:create', 'user:create'])(
		'changeNameOf of %s is undefined: the site does not tell of it afterwards',
		(type) => {
			expect(named(type, '<page id="371"/>')).toBeUndefined();
		},
	);

	it('changeNameOf of an event without a time is undefined', () => {
		expect(named('page:create', '<page id="371"/>', 'soon')).toBeUndefined();
	});
});

describe('likeChanges', () => {
	it('likeChanges gives an edit under each number that an event may give it', () => {
		const edit = { kind: 'e', subject: '371:4', at: AT } as const;
		const subjects = ['371:2', '371:3', '371:4', '371:5', '371:6'];
		expect(likeChanges(edit)).toEqual(subjects.map((subject) => ({ ...edit, subject })));
	});

	it.each([
		{ kind: 'c', subject: '371', at: AT },
		{ kind: 'd', subject: '371', at: AT },
		{ kind: 'e', at: AT },
	] as const)('likeChanges gives a change without a revision alone: %j', (change) => {
		expect(likeChanges(change)).toEqual([change]);
	});
});

describe('keyOf and nameOfKey', () => {
	it.each([
		{ kind: 'c', subject: '371', at: AT },
		{ kind: 'e', subject: '371:4', at: AT },
		{ kind: 'd', subject: '371', at: AT },
	] as const)('nameOfKey reads what keyOf has written: $kind', (name) => {
		expect(nameOfKey(keyOf(name), AT)).toEqual(name);
	});

	it('keyOf tells two deletions of one page apart', () => {
		const deletion = { kind: 'd', subject: '371' } as const;
		expect(keyOf({ ...deletion, at: AT })).not.toBe(keyOf({ ...deletion, at: AT + 1000 }));
	});
});
