import { describe, expect, it } from 'vitest';
import type { Change } from '../../../../nodes/CxoneExpert/event/change.ts';
import { Look, noEvents, noMatch } from '../../../../nodes/CxoneExpert/trigger/watch/look.ts';
import { passTime } from '../../../support/integration/stop-time.mts';

const SITE = 'https://help.example.com';
const AT = Date.parse('2026-01-30T16:59:45Z');
const HOUR_MS = 3_600_000;

const edit = (page: string | undefined, seconds = 0): Change => ({
	kind: 'edited',
	...(page === undefined ? {} : { page }),
	at: AT + seconds * 1000,
});
const told = (...changes: Change[]) => changes.map((change) => ({ change }));

describe('Look', () => {
	it('is due after an hour, and with each check for a day after a missed change', () => {
		const look = new Look();
		expect(look.isDue).toBe(false);
		passTime(HOUR_MS);
		expect(look.isDue).toBe(true);
		look.end(true);
		expect([look.isDue, look.isOften]).toEqual([true, true]);
		passTime(24 * HOUR_MS);
		look.end(false);
		expect([look.isDue, look.isOften]).toEqual([false, false]);
	});

	it.each([
		['at its page and time', edit('1'), edit('1', 2)],
		['without a page, at its time', edit(undefined), edit('1', -2)],
		['of a page that was deleted later', edit('1'), { ...edit('1', 60), kind: 'deleted' } as const],
	])('an event %s is explained', (_case, event, shown) => {
		const look = new Look();
		look.show(SITE, shown);
		const { missed, unmatched } = look.compare(SITE, told(event), [edit('2')]);
		expect(missed).toEqual([edit('2')]);
		expect(unmatched).toEqual({});
	});

	it.each([
		['two minutes off', edit('1', 120)],
		['of another page', edit('9')],
	])('with an event %s nothing counts as missed', (_case, event) => {
		const look = new Look();
		look.show(SITE, edit('1'));
		const { missed, unmatched } = look.compare(SITE, told(event), [edit('1')]);
		expect(missed).toEqual([]);
		expect(unmatched).toEqual({ edited: { events: 1, changes: 1 } });
		look.end(false);
		// No event has shown since that they match.
		expect(look.compare(SITE, [], [edit('3')]).missed).toEqual([]);
		look.show(SITE, edit('4'));
		expect(look.compare(SITE, told(edit('4')), [edit('3')]).missed).toEqual([edit('3')]);
	});

	it('one kind says nothing of another', () => {
		const look = new Look();
		const deletion: Change = { kind: 'deleted', page: '2', at: AT };
		const { missed } = look.compare(SITE, told(edit('9')), [edit('1'), deletion]);
		expect(missed).toEqual([deletion]);
	});

	it('an event that the site shows late is explained by the look after', () => {
		const look = new Look();
		look.show(SITE, edit('1'));
		look.end(false);
		expect(look.isShown(SITE, edit('1'))).toBe(true);
		look.end(false);
		expect(look.isShown(SITE, edit('1'))).toBe(false);
	});
});

it('noEvents counts each kind, since the first of them', () => {
	const changes: Change[] = [
		edit('1', 60),
		edit('2'),
		{ kind: 'deleted', page: '3', at: AT + 90_000 },
	];
	expect(noEvents(changes, 300_000).message).toBe(
		'Expert has sent no event for 2 edits or publications and 1 deletion since 2026-01-30T16:59:45.000Z; the trigger now looks every 5 minutes',
	);
	expect(noEvents([edit('1')], 3000).message).toMatch(
		/no event for 1 edit or publication since .* every 0\.1 minutes$/,
	);
});

it('noMatch says by how much events and changes differ', () => {
	const { description } = noMatch({ edited: { events: 3, changes: 2 } });
	expect(description).toContain(
		'3 events without a change that the site shows, 2 edits or publications without an event',
	);
});
