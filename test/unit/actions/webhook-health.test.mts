import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { deliveryFindings } from '../../../nodes/CxoneExpert/actions/webhook/health/deliveries.ts';
import { findingsOf, jobFinding } from '../../../nodes/CxoneExpert/actions/webhook/health/findings.ts';
import { healthOf } from '../../../nodes/CxoneExpert/actions/webhook/health/report.ts';
import { runningJobs } from '../../../nodes/CxoneExpert/api/site.ts';
import { ExpertClient } from '../../../nodes/CxoneExpert/api/client.ts';
import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import { DeliveryFigures, figuresOf } from '../../../nodes/CxoneExpert/metrics/delivery-figures.ts';
import { clearMemory } from '../../../nodes/CxoneExpert/memory.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-26T10:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const healthy: Webhook = {
	...{ id: '123', url: 'https://n8n.example.com/webhook/a/webhook', active: true },
	...{ authorization: 'Bearer x', events: ['Page_Create'], consecutiveFailures: 0 },
	...{ disabledReason: '0', element: {} },
};
const failing: Webhook = { ...healthy, consecutiveFailures: 3 };
const disabledByExpert: Webhook = { ...failing, active: false, disabledReason: '1' };
/** For a reason of its own. */
const disabledWithoutFailures: Webhook = { ...disabledByExpert, consecutiveFailures: 0 };
const disabledByPerson: Webhook = { ...healthy, active: false };

/** What a process has seen of these deliveries. */
function figuresAfter(...seen: Array<(figures: DeliveryFigures) => void>): DeliveryFigures {
	const figures = new DeliveryFigures(Date.parse('2026-11-26T08:00:00Z'));
	for (const each of seen) each(figures);
	return figures;
}
const genuine = (figures: DeliveryFigures) => figures.verified('d-1');
const refused = (figures: DeliveryFigures) => figures.rejected({ reason: 'signature wrong' }, 'd-2');
const toldToRetry = (figures: DeliveryFigures) => figures.responded(503, 900, 'not saved');
const late = (figures: DeliveryFigures) => figures.responded(200, 1001);

const REFUSED = expect.stringMatching(
	/^n8n has refused the last delivery \(d-2 at 2026-11-26T10:00:00\.000Z\) because its signature /,
);

it.each([
	['whose deliveries fail', failing],
	['that Expert has disabled', disabledByExpert],
	['that Expert has disabled for another reason', disabledWithoutFailures],
])('deliveryFindings names each cause at a webhook %s', (_case, webhook) => {
	const figures = figuresAfter(genuine, toldToRetry, toldToRetry, late, refused);
	expect(deliveryFindings(webhook, figures)).toEqual([
		REFUSED,
		expect.stringMatching(/^n8n has told Expert 2 times to send a delivery again, /),
		expect.stringMatching(/^n8n has responded once later than the second that Expert waits\. /),
	]);
});

it.each([
	['that works', healthy],
	['that a person has disabled', disabledByPerson],
])('deliveryFindings says nothing but of refusals at a webhook %s', (_case, webhook) => {
	expect(deliveryFindings(webhook, figuresAfter(toldToRetry, late))).toEqual([]);
	expect(deliveryFindings(webhook, figuresAfter(refused, toldToRetry))).toEqual([REFUSED]);
});

const DAY_MS = 86_400_000;
const SLOW = expect.stringMatching(/^Half of the latest responses took 30 ms or longer, one in 20 900 ms or longer\. /);

it.each([
	['warns where one in twenty takes nearly a second', 900, 20, [SLOW]],
	['says nothing where one in twenty is a little sooner', 899, 20, []],
	['says nothing of fewer than twenty', 900, 19, []],
])('deliveryFindings %s at a webhook that works', (_case, ms, count, findings) => {
	const responded = (took: number) => (figures: DeliveryFigures) => figures.responded(200, took);
	const fast = Array.from({ length: count - 2 }, () => responded(30));
	const figures = figuresAfter(...fast, responded(ms), responded(ms));
	expect(deliveryFindings(healthy, figures)).toEqual(findings);
	expect(deliveryFindings(disabledByPerson, figures)).toEqual([]);
	// Few deliveries a day: those of an outage are still among the latest.
	vi.setSystemTime(Date.now() + DAY_MS);
	expect(deliveryFindings(healthy, figures)).toEqual([]);
});

function found(changes: Partial<Webhook>, authorization = 'Bearer x') {
	const changed = { ...healthy, ...changes };
	const health = healthOf(changed, { all: [changed], expected: ['page_create'] });
	return { healthy: health.healthy, findings: findingsOf(changed, health, authorization) };
}

it('a webhook is not healthy when the site counts one failure, and n8n has refused the last delivery', () => {
	figuresOf(healthy.url).rejected({ reason: 'signature wrong' }, 'd-2');
	expect(found({}).healthy).toBe(true);
	expect(found({ consecutiveFailures: 1 }).healthy).toBe(false);
	clearMemory();
});

it.each([
	[2, true],
	[3, false],
])('a webhook after %d failed deliveries in a row is healthy: %s', (consecutiveFailures, healthy) => {
	expect(found({ consecutiveFailures }).healthy).toBe(healthy);
});

it('the Authorization value is compared only when deliveries fail and the site shows it', () => {
	const words = expect.stringContaining('What Expert sends as Authorization is not');
	expect(found({}, 'Bearer y').findings).toEqual([]);
	expect(found(failing, 'Bearer y').findings).toContainEqual(words);
	expect(found(disabledByExpert, 'Bearer y').findings).toContainEqual(words);
	expect(found(disabledByExpert).findings).not.toContainEqual(words);
	expect(found({ ...disabledByExpert, authorization: '' }).findings).not.toContainEqual(words);
});

/** A job as the specification shows it. */
const job = (type: string, status: string, done?: number, total?: number) => {
	const items = `<completeditems>${done}</completeditems><totalitems>${total}</totalitems>`;
	return `<jobs><job id="e94b" type="${type}" status="${status}"><submitted>2026-02-15T20:02:19Z</submitted>${done === undefined ? '' : items}</job></jobs>`;
};

it.each([
	['is submitted', job('IMPORT', 'SUBMITTED'), ['An import is waiting to run at the site.']],
	[
		'is under way',
		job('FIND_AND_REPLACE', 'IN_PROGRESS', 3, 10),
		['A find and replace is running at the site (items done: 3 of 10).'],
	],
	['is completed', job('EXPORT', 'COMPLETED', 82, 82), []],
	['has done all its items', job('IMPORT', 'IN_PROGRESS', 10, 10), []],
	['is of a type that nobody knows', job('REINDEX', 'IN_PROGRESS', 1, 2), []],
	['says nothing', '<jobs><job/></jobs>', []],
])('the finding of a job that %s says how far it is, if it runs', async (_case, body, findings) => {
	const timeouts: number[] = [];
	const send = async (_call: unknown, timeoutMs: number) => {
		timeouts.push(timeoutMs);
		return { status: 200, headers: { 'content-type': 'application/xml' }, body };
	};
	const jobs = await runningJobs(new ExpertClient(send, []));
	const over = ' Expert can hold deliveries back until it is over.';
	expect(jobs.map(jobFinding)).toEqual(findings.map((finding) => `${finding}${over}`));
	// Also from a client that waits longer.
	expect(timeouts).toEqual([5_000]);
});
