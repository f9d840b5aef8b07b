import { describe, expect, it } from 'vitest';

import type { XmlElement } from '../../../../nodes/CxoneExpert/api/xml.ts';
import { canonicalEventName } from '../../../../nodes/CxoneExpert/api/event-types.ts';
import {
	changeNameOf,
	creation,
	deletion,
	edit,
	keyOf,
} from '../../../../nodes/CxoneExpert/trigger/changes/change.ts';
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

describe('keyOf', () => {
	it('keyOf tells two deletions of one page apart', () => {
		const deletion = { kind: 'd', subject: '371' } as const;
		expect(keyOf({ ...deletion, at: AT })).not.toBe(keyOf({ ...deletion, at: AT + 1000 }));
	});
});

const page = (content: XmlElement): XmlElement => ({ '@id': '7', ...content });

describe('the event of a recovered change', () => {
	it('a page whose first revision names its time only is created at that time', () => {
		const [change] = creation(page({ 'date.edited': DATE }));
		expect(change).toMatchObject({ kind: 'c', subject: '7', at: AT });
	});

	it('a revision without a number is no edit', () => {
		expect(edit(page({ 'date.edited': DATE }))).toEqual([]);
	});

	it.each<[string, XmlElement]>([
		['page', { 'date.deleted': DATE }],
		['time', { '@id': '7' }],
	])('a deletion of which the site names no %s is left out', (_what, archived) => {
		expect(deletion(archived)).toEqual([]);
	});

	it.each<[string, XmlElement, object]>([
		['user.deleted', { '@id': '3', username: 'editor' }, { '@id': '3', username: 'editor' }],
		['user.author', { nick: 'jane' }, { username: 'jane' }],
		['user.author', { '@id': '4' }, { '@id': '4' }],
	])('the user of the event is that of %s: %o', (element, user, expected) => {
		const [change] = deletion(page({ 'date.deleted': DATE, [element]: user }));
		expect(change?.event.xml.user).toEqual(expected);
	});
});
