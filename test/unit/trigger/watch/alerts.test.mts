import { describe, expect, it } from 'vitest';

import {
	type Alert,
	alertOn,
	NOTHING_REPORTED,
} from '../../../../nodes/CxoneExpert/trigger/watch/alerts.ts';
import type {
	CheckOutcome,
	LeftAlone,
} from '../../../../nodes/CxoneExpert/trigger/watch/report.ts';

const message = { message: 'The site could not be reached', description: 'Check it.' };
const unreachable: CheckOutcome = { kind: 'could not ask', message, isRefused: false };
const refused: CheckOutcome = { kind: 'could not ask', message, isRefused: true };
const upToDate: CheckOutcome = { kind: 'up to date' };
const repaired: CheckOutcome = { kind: 'repaired', done: { id: '1', created: true } };
const stopped: CheckOutcome = { kind: 'stopped' };
const leftAlone = (why: LeftAlone): CheckOutcome =>
	why === 'paused'
		? { kind: 'left alone', why, message: { ...message, message: 'The webhook is disabled' } }
		: { kind: 'left alone', why };

/** What is said of each of these checks, one after the other. */
function alertsOn(...outcomes: CheckOutcome[]): Array<Alert | undefined> {
	let state = NOTHING_REPORTED;
	return outcomes.map((outcome) => {
		const next = alertOn(outcome, state);
		state = next.state;
		return next.alert;
	});
}

const told = (...outcomes: CheckOutcome[]) =>
	alertsOn(...outcomes).map((alert) => alert !== undefined);

it('nothing is said of a webhook that is up to date or repaired', () => {
	expect(told(upToDate, repaired, upToDate)).toEqual([false, false, false]);
});

it('a site that cannot be asked is told after the third check in a row, once', () => {
	expect(told(unreachable, unreachable, unreachable, unreachable)).toEqual([
		false,
		false,
		true,
		false,
	]);
	expect(told(unreachable, unreachable, upToDate, unreachable)).not.toContain(true);
});

it('a refusal is told at once, and once', () => {
	expect(told(refused, refused, refused)).toEqual([true, false, false]);
});

it('a refusal after the site could not be reached is told, what returns to before is not', () => {
	const outage = [unreachable, unreachable, unreachable, refused, unreachable, refused];
	expect(told(...outage)).toEqual([false, false, true, true, false, false]);
});

it('the next outage is told again', () => {
	expect(told(refused, upToDate, refused, repaired, refused)).toEqual([
		true,
		false,
		true,
		false,
		true,
	]);
});

it('a check that was stopped says nothing and changes nothing', () => {
	expect(told(unreachable, unreachable, stopped, unreachable)).toEqual([false, false, false, true]);
	expect(told(refused, stopped, refused)).toEqual([true, false, false]);
});

describe('what is left alone', () => {
	it.each<LeftAlone>([
		'disabled by a person',
		'not ours',
		'never registered',
		'paused',
		'paused again',
		'not wanted',
	])('"%s" is told once, with what to do', (why) => {
		const [first, second] = alertsOn(leftAlone(why), leftAlone(why));
		expect(first?.message.message).toMatch(/webhook/);
		expect(first?.message.description).not.toBe('');
		expect(second).toBeUndefined();
	});

	it('a webhook that nothing is known of makes a failed execution', () => {
		expect(alertsOn(leftAlone('never registered'))[0]?.failsExecution).toBe(true);
	});

	it('of the others only a webhook that Expert keeps disabling makes a failed execution, once an outage', () => {
		const whys: LeftAlone[] = ['disabled by a person', 'not ours', 'not wanted', 'paused again'];
		for (const why of whys) {
			expect(alertsOn(leftAlone(why))[0]?.failsExecution).toBe(false);
		}
		expect(alertsOn(leftAlone('paused'))[0]?.failsExecution).toBe(true);
		const outage = alertsOn(leftAlone('paused'), repaired, leftAlone('paused again'), repaired);
		expect(outage.filter((alert) => alert?.failsExecution)).toHaveLength(1);
	});
});

it('what could not be asked makes a failed execution', () => {
	expect(alertsOn(refused)[0]).toEqual({ message, failsExecution: true });
});
