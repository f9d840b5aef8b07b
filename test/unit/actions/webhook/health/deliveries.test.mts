import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { deliveryFindings } from '../../../../../nodes/CxoneExpert/actions/webhook/health/deliveries.ts';
import type { Webhook } from '../../../../../nodes/CxoneExpert/api/webhooks.ts';
import { DeliveryFigures } from '../../../../../nodes/CxoneExpert/shared/delivery-figures.ts';

const NOW = Date.parse('2026-11-26T10:00:00Z');

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** What a process has seen of these deliveries. */
function figuresAfter(...seen: Array<(figures: DeliveryFigures) => void>): DeliveryFigures {
	const figures = new DeliveryFigures(Date.parse('2026-11-26T08:00:00Z'));
	for (const each of seen) each(figures);
	return figures;
}
const genuine = (figures: DeliveryFigures) => figures.verified('d-1');
const refused = (figures: DeliveryFigures) => figures.refused({ reason: 'signature wrong' }, 'd-2');
const toldToRetry = (figures: DeliveryFigures) => figures.responded(503, 900, 'not saved');
const late = (figures: DeliveryFigures) => figures.responded(200, 1001);

const healthy: Webhook = {
	id: '123',
	url: 'https://n8n.example.com/webhook/a/webhook',
	active: true,
	authorization: 'Bearer x',
	events: [],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};
const failing: Webhook = { ...healthy, consecutiveFailures: 3 };
const disabledByExpert: Webhook = { ...failing, active: false, disabledReason: '1' };
/** For a reason of its own. */
const disabledWithoutFailures: Webhook = { ...disabledByExpert, consecutiveFailures: 0 };
const disabledByPerson: Webhook = { ...healthy, active: false };

const DASHBOARD = expect.stringMatching(/^Look at its deliveries in the Expert Dashboard\. /);
const ELSEWHERE = expect.stringMatching(/^No delivery has reached the process of n8n /);
const REFUSED = expect.stringMatching(/^n8n has refused the last delivery /);

describe('deliveryFindings: refusals', () => {
	it.each([
		[1, 'the last delivery (d-2 at'],
		[2, 'the last 2 deliveries (d-2 at'],
	])(
		'deliveryFindings names %i refusals in a row, the last one, why and what to do',
		(count, start) => {
			const figures = figuresAfter(genuine, ...Array.from({ length: count }, () => refused));
			const [finding, ...others] = deliveryFindings(healthy, figures);
			expect(finding?.slice(0, `n8n has refused ${start}`.length)).toBe(`n8n has refused ${start}`);
			expect(finding).toMatch(
				/ at 2026-11-26T10:00:00\.000Z\) because its signature does not match the Signing Secret\. Enter the Signing Secret /,
			);
			expect(others).toEqual([]);
		},
	);

	it('deliveryFindings says nothing of refusals that are over', () => {
		expect(deliveryFindings(healthy, figuresAfter(refused, genuine))).toEqual([]);
	});
});

describe('deliveryFindings: deliveries that come late', () => {
	it.each([
		['that works', healthy],
		['that a person has disabled', disabledByPerson],
	])('deliveryFindings says nothing of late responses at a webhook %s', (_case, webhook) => {
		expect(deliveryFindings(webhook, figuresAfter(genuine, toldToRetry, late))).toEqual([]);
		expect(deliveryFindings(webhook, figuresAfter(refused, toldToRetry))).toEqual([REFUSED]);
	});

	it.each([
		['whose deliveries fail', failing],
		['that Expert has disabled', disabledByExpert],
		['that Expert has disabled for another reason', disabledWithoutFailures],
	])('deliveryFindings names each cause at a webhook %s', (_case, webhook) => {
		const figures = figuresAfter(genuine, toldToRetry, toldToRetry, late, refused);
		expect(deliveryFindings(webhook, figures)).toEqual([
			REFUSED,
			'n8n has told Expert 2 times to send a delivery again, because n8n could not save the execution. Look at the database and the disk of n8n.',
			expect.stringMatching(
				/^n8n has responded once later than the second that Expert waits\. Under load, /,
			),
		]);
	});

	it.each([
		['late', /^n8n has told Expert once .+ because it was not done in time\. Under load, /],
		['not saved', / because n8n could not save the execution\. Look at the database /],
		['not handled', / could not work with its credential\. Open the credential /],
	] as const)(
		'deliveryFindings says what to do where Expert was told to retry: %s',
		(reason, text) => {
			const figures = figuresAfter(genuine, (each) => each.responded(503, 900, reason));
			expect(deliveryFindings(failing, figures)).toEqual([expect.stringMatching(text)]);
		},
	);
});

describe('deliveryFindings: deliveries that do not arrive', () => {
	it.each([
		['whose deliveries fail', failing],
		['that Expert has disabled', disabledByExpert],
		['that Expert has disabled for another reason', disabledWithoutFailures],
	])(
		'deliveryFindings looks elsewhere at a webhook %s and that this process knows nothing of',
		(_case, webhook) => {
			expect(deliveryFindings(webhook, figuresAfter())).toEqual([DASHBOARD, ELSEWHERE]);
			expect(deliveryFindings(webhook, figuresAfter(genuine))).toEqual([DASHBOARD]);
		},
	);

	it('deliveryFindings has nothing to say of a webhook that works', () => {
		expect(deliveryFindings(healthy, figuresAfter())).toEqual([]);
		expect(deliveryFindings(disabledByPerson, figuresAfter())).toEqual([]);
	});
});
