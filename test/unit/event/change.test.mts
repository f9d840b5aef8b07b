import { describe, expect, it } from 'vitest';

import { canonicalEventName } from '../../../nodes/CxoneExpert/api/event-types.ts';
import {
	type Change,
	changeOf,
	changeOfItem,
	meetingKeys,
	nameOf,
	wordOf,
} from '../../../nodes/CxoneExpert/event/change.ts';
import { rootOf } from '../../support/unit/samples.mts';

const DATE = '2026-01-30T16:59:45Z';
const AT = Date.parse(DATE);
const SITE = 'https://help.example.com';

/** The change that an event tells of. */
function named(type: string, inside: string, datetime = DATE) {
	const xml = rootOf(`<event datetime="${datetime}">${inside}</event>`);
	return changeOf({ type: canonicalEventName(type), xml });
}

describe('changeOf', () => {
	it.each([
		['beside the page', '<page id="371" revision="0"/><revision>4</revision>'],
		['at the page', '<page id="371" revision="4"/>'],
		['beside a page that has another', '<page id="371" revision="9"/><revision>4</revision>'],
		['at a page whose ID is an element', '<page><id>371</id></page><revision>4</revision>'],
	])('changeOf finds the revision of an edit %s', (_case, inside) => {
		expect(named('page.content:update', inside)).toMatchObject({ page: '371', revision: 4 });
	});

	it('changeOf the publication of a draft is an edit without a revision', () => {
		const event = '<page id="371" revision="4"/>';
		expect(named('draft:publish', event)).toEqual({ kind: 'edited', page: '371', at: AT });
	});

	it.each([
		['no page', 'page:create', '', undefined],
		['no revision', 'page.content:update', '<page id="371"/>', '371'],
		['revision 0', 'page.content:update', '<page id="371" revision="0"/>', '371'],
	])('changeOf an event that names %s has the rest', (_case, type, inside, page) => {
		const { kind, ...rest } = named(type, inside)!;
		expect(rest).toEqual({ at: AT, ...(page === undefined ? {} : { page }) });
		expect(kind).toBe(type === 'page:create' ? 'created' : 'edited');
	});

	it.each(['page:move', 'page.tag:update', 'attachment:create', 'user:create'])(
		'changeOf %s is undefined: the site does not tell of it afterwards',
		(type) => {
			expect(named(type, '<page id="371"/>')).toBeUndefined();
		},
	);
});

it('changeOfItem finds the same change, whether the item is simplified or not', () => {
	const xml = rootOf(`<event datetime="${DATE}"><page id="371" revision="4"/></event>`);
	const shared = { eventType: 'pagecontent_update', occurredAt: DATE };
	const change = { kind: 'edited', page: '371', revision: 4, at: AT };
	expect(changeOfItem({ ...shared, event: xml } as never)).toEqual(change);
	expect(changeOfItem({ ...shared, page: { id: '371', revision: 4 } })).toEqual(change);
});

describe('the name of a change', () => {
	const page = '371';
	const edit: Change = { kind: 'edited', page, revision: 4, at: AT };

	it('wordOf tells creation, edit and deletion of one page apart, and two deletions', () => {
		const deletion: Change = { kind: 'deleted', page, at: AT };
		const words = [{ ...edit, kind: 'created' } as Change, edit, deletion].map(wordOf);
		expect(words).toEqual(['c:371', 'e:371:4', `d:371:${AT / 1000}`]);
		expect(wordOf({ ...deletion, at: AT + 1000 })).not.toBe(wordOf(deletion));
	});

	it('nameOf tells sites and days apart: page numbers come again', () => {
		const names = [
			nameOf(SITE, edit),
			nameOf('https://other.example.com', edit),
			nameOf(SITE, { ...edit, at: AT + 86_400_000 }),
		];
		expect(new Set(names).size).toBe(3);
	});
});

describe('meetingKeys', () => {
	const meets = (kind: Change['kind'], seconds: number, page: { page?: string } = { page: '371' }) => {
		const [own] = meetingKeys(SITE, { kind, ...page, at: AT }, 'own');
		return meetingKeys(SITE, { kind, ...page, at: AT + seconds * 1000 }, 'near').includes(own!);
	};

	it.each([
		['edited', 2, 3],
		['deleted', 30, 60],
		['created', 30 * 86_400, 60 * 86_400],
	] as const)('a page that was %s meets its event %i s apart, and not %i', (kind, near, far) => {
		for (const sign of [1, -1]) {
			expect(meets(kind, sign * near)).toBe(true);
			expect(meets(kind, sign * far)).toBe(false);
		}
	});

	it('events that name no page meet within two seconds, whatever their kind', () => {
		for (const kind of ['created', 'edited', 'deleted'] as const) {
			expect([meets(kind, 2, {}), meets(kind, 3, {})]).toEqual([true, false]);
		}
	});

	it('neither sites nor pages nor kinds meet, and revisions do', () => {
		const edit: Change = { kind: 'edited', page: '371', revision: 4, at: AT };
		const own = meetingKeys(SITE, edit, 'own');
		expect(own).toHaveLength(1);
		for (const other of [{ page: '372' }, { kind: 'deleted' as const }])
			expect(meetingKeys(SITE, { ...edit, ...other }, 'own')).not.toEqual(own);
		expect(meetingKeys('https://other.example.com', edit, 'own')).not.toEqual(own);
		expect(meetingKeys(SITE, { ...edit, revision: 5 }, 'own')).toEqual(own);
	});
});
