import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IDataObject } from 'n8n-workflow';

import { deliveryFindings } from '../../../nodes/CxoneExpert/actions/webhook/health/deliveries.ts';
import type { Webhook } from '../../../nodes/CxoneExpert/api/webhooks.ts';
import { DeliveryFigures } from '../../../nodes/CxoneExpert/shared/delivery-figures.ts';
import { checkWebhookHealth } from '../../../nodes/CxoneExpert/actions/webhook/health/check-health.operation.ts';
import {
	findingsOf,
	jobFinding,
} from '../../../nodes/CxoneExpert/actions/webhook/health/findings.ts';
import { judge } from '../../../nodes/CxoneExpert/actions/webhook/health/report.ts';
import { onlyItem, runOperation, type StubResponse } from '../../support/unit/stub-site.mts';
import {
	ITEM,
	list,
	OFF,
	other,
	SAMPLE,
	webhook as named,
} from '../../support/unit/webhook-samples.mts';
import { ExpertClient } from '../../../nodes/CxoneExpert/api/client.ts';
import {
	runningJobs,
	type SiteJob,
} from '../../../nodes/CxoneExpert/actions/webhook/health/site-jobs.ts';

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
				/^n8n has responded once later than the second that Expert waits\. If 'Deliveries: Per Execution' /,
			),
		]);
	});

	it.each([
		[
			'late',
			/^n8n has told Expert once .+ because it was not done in time\. If 'Deliveries: Per Execution' /,
		],
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

const webhook: Webhook = {
	id: '123',
	url: 'https://n8n.example.com/webhook/a/webhook',
	active: true,
	authorization: 'Bearer x',
	events: ['Page_Create', 'PageContent_Update'],
	consecutiveFailures: 0,
	disabledReason: '0',
	element: {},
};
const expected = ['page_create', 'pagecontent_update'];
const off = { active: false, consecutiveFailures: 10, disabledReason: '1' };

function found(changes: Partial<Webhook>, others: Webhook[] = [], authorization = 'Bearer x') {
	const changed = { ...webhook, ...changes };
	const health = judge(changed, { all: [changed, ...others], expected });
	return { ...health, findings: findingsOf(changed, health, authorization) };
}

describe('findings at a webhook', () => {
	it.each<[string, Partial<Webhook>]>([
		['with all events', {}],
		['with more events', { events: [...webhook.events, 'User_Create'] }],
	])('nothing is found at a healthy webhook %s', (_case, changes) => {
		expect(found(changes)).toMatchObject({ healthy: true, missing: [], findings: [] });
	});

	it.each([
		[off, 'Expert has disabled it after 10 deliveries in a row did not get through (reason 1).'],
		[
			{ ...off, consecutiveFailures: 0, disabledReason: 'Gone' },
			'Expert has disabled it (reason Gone).',
		],
		[{ active: false }, 'It is disabled. Expert gives no reason'],
		[
			{ active: false, consecutiveFailures: 1 },
			'Expert has disabled it after 1 delivery did not get through. What happens',
		],
		[{ events: [] }, 'No event is registered'],
		[{ events: ['Page_Create'] }, 'Not registered: pagecontent_update.'],
	])('a webhook is not healthy: %j', (changes, words) => {
		const { healthy, findings } = found(changes);
		expect(healthy).toBe(false);
		expect(findings).toEqual([expect.stringContaining(words)]);
	});

	it('a second webhook with the same address is found', () => {
		const twin = { ...webhook, id: '124', url: `${webhook.url}/` };
		expect(found({}, [twin, { ...webhook, id: '125', url: 'https://example.org' }])).toMatchObject({
			healthy: false,
			findings: [expect.stringContaining('2 webhooks have this address (IDs 123, 124)')],
		});
	});

	it('the Authorization value is compared only when deliveries fail and the site shows it', () => {
		const words = expect.stringContaining('What Expert sends as Authorization is not');
		expect(found({}, [], 'Bearer y').findings).toEqual([]);
		expect(found({ consecutiveFailures: 1 }, [], 'Bearer y').findings).toContainEqual(words);
		expect(found(off, [], 'Bearer y').findings).toContainEqual(words);
		expect(found(off).findings).not.toContainEqual(words);
		expect(found({ ...off, authorization: '' }).findings).not.toContainEqual(words);
	});
});

it.each<[SiteJob, string]>([
	[{ type: 'IMPORT', status: 'SUBMITTED' }, 'An import is waiting to run at the site.'],
	[
		{ type: 'EXPORT', status: 'IN_PROGRESS', completed: 0, total: 0 },
		'An export is running at the site.',
	],
	[
		{ type: 'FIND_AND_REPLACE', status: 'IN_PROGRESS', completed: 3, total: 9 },
		'A find and replace is running at the site (items done: 3 of 9).',
	],
])('the finding of a job %o says how far it is', (job, text) => {
	expect(jobFinding(job)).toBe(`${text} Expert can hold deliveries back until it is over.`);
});

describe('Check Health', () => {
	const ours = { options: { webhookUrl: 'https://example.com/webhook' } };
	const health = async (fields: IDataObject, ...responses: StubResponse[]) =>
		await runOperation(checkWebhookHealth, fields, responses);

	it('Check Health repairs the one that is on when one of several is', async () => {
		const twin = SAMPLE.replace('<id>123', '<id>124');
		const run = await health({ ...ours, repair: true }, list(OFF, twin), OFF, twin);
		expect(run.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
	});

	it('Check Health reports the other webhooks when one was removed in the meantime', async () => {
		const responses = [list(SAMPLE, other('9', `${ITEM.url}/b`)), { status: 404, body: '' }];
		const run = await health(ours, ...responses, other('9', `${ITEM.url}/b`));
		expect(run.outputs.map(({ json }) => json.id)).toEqual(['9']);
	});

	it('Check Health says what to do when the webhook that was named is gone', async () => {
		const fields = { ...ours, webhooks: 'one', webhook: named, expectedEvents: 'page_create' };
		expect(onlyItem(await health(fields, list()))).toEqual({
			...{ healthy: false, wasHealthy: false, active: false, events: [] },
			...{ missingEvents: ['page_create'], changes: [] },
			versions: { package: expect.any(String), n8n: expect.any(String) },
			findings: [expect.stringMatching(/^The webhook is not at the site: .* publish it again\.$/)],
		});
	});
});

/** The jobs of a site that responds with this. */
async function jobsIn(body: string, status = 200) {
	const timeouts: number[] = [];
	const send = async (_call: unknown, timeoutMs: number) => {
		timeouts.push(timeoutMs);
		return { status, headers: { 'content-type': 'application/xml' }, body };
	};
	const jobs = await runningJobs(new ExpertClient(send, []));
	return { jobs, timeouts };
}

/** A job as the specification shows it. */
const job = (type: string, status: string, items = '') =>
	`<jobs><job id="e94b" type="${type}" status="${status}"><submitted>2026-02-15T20:02:19Z</submitted>${items}</job></jobs>`;

const items = (completed: number, total: number) =>
	`<completeditems>${completed}</completeditems><totalitems>${total}</totalitems>`;

describe('runningJobs', () => {
	it.each([
		['is submitted', job('IMPORT', 'SUBMITTED'), { type: 'IMPORT', status: 'SUBMITTED' }],
		[
			'has begun',
			job('EXPORT', 'IN_PROGRESS', items(0, 0)),
			{ type: 'EXPORT', status: 'IN_PROGRESS', completed: 0, total: 0 },
		],
		[
			'is under way',
			job('FIND_AND_REPLACE', 'IN_PROGRESS', items(3, 10)),
			{ type: 'FIND_AND_REPLACE', status: 'IN_PROGRESS', completed: 3, total: 10 },
		],
	])('a job that %s has not ended', async (_case, body, running) => {
		expect((await jobsIn(body)).jobs).toEqual([running]);
	});

	it.each([
		['is completed', job('EXPORT', 'COMPLETED', items(82, 82))],
		['is cancelled', job('IMPORT', 'CANCELLED', items(65, 152))],
		['has done all its items', job('IMPORT', 'IN_PROGRESS', items(10, 10))],
		['is of a type that nobody knows', job('REINDEX', 'IN_PROGRESS', items(1, 2))],
		['has a status that nobody knows', job('IMPORT', 'FAILED', items(1, 2))],
		['says nothing', '<jobs><job/></jobs>'],
	])('a job that %s does not run', async (_case, body) => {
		expect((await jobsIn(body)).jobs).toEqual([]);
	});

	it.each([
		['an empty body', ''],
		['no job', '<jobs/>'],
		['something else', '<status>ok</status>'],
	])('a response with %s has no job', async (_case, body) => {
		expect((await jobsIn(body)).jobs).toEqual([]);
	});

	it('a refusal is thrown', async () => {
		await expect(jobsIn('<error/>', 403)).rejects.toMatchObject({ status: 403 });
	});

	it('the site gets five seconds, also from a client that waits longer', async () => {
		expect((await jobsIn('<jobs/>')).timeouts).toEqual([5_000]);
	});
});
